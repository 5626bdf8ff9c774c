package org.openingminute.gateway.routing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Simulates a crash: answers the first request of each connection, and resets the connection at the second. */
final class ResettingService {

    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ServerSocket server;
    private final List<String> received = new CopyOnWriteArrayList<>();

    ResettingService() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** The request lines that it received. */
    List<String> received() {
        return received;
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            socket.setSoLinger(true, 0);
            readRequest(in);
            socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
            readRequest(in);
        } catch (IOException e) {
            // The gateway closed the connection first.
        }
    }

    private void readRequest(BufferedReader in) throws IOException {
        String line = in.readLine();
        if (line != null) {
            received.add(line);
        }
        while (line != null && !line.isEmpty()) {
            line = in.readLine();
        }
    }
}
