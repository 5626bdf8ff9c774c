package org.openingminute.notification.sending;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A mail server that answers each command as it was told to, and takes mails otherwise. */
final class ScriptedMailServer implements AutoCloseable {

    /** As an answer: closes the connection without one. */
    static final String HANG_UP = "hang up";

    /** As an answer: none, and the connection stays. */
    static final String SILENCE = "silence";

    final Map<String, String> answers = new ConcurrentHashMap<>();
    final List<String> mails = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();

    private final ServerSocket socket;

    ScriptedMailServer() throws IOException {
        socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> talk(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void talk(Socket client) {
        try (client) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            OutputStream out = client.getOutputStream();
            say(out, "220 here");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String command = line.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
                if (command.equals("DATA") && !answers.containsKey("DATA")) {
                    say(out, "354 go on");
                    mails.add(data(in));
                    command = "END";
                }
                String answer = answers.getOrDefault(command, "250 fine");
                if (answer.equals(HANG_UP)) {
                    return;
                }
                if (!answer.equals(SILENCE)) {
                    say(out, answer);
                }
                if (command.equals("QUIT") && !answer.equals(SILENCE)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static String data(BufferedReader in) throws IOException {
        StringBuilder mail = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
            mail.append(line).append('\n');
        }
        return mail.toString();
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
