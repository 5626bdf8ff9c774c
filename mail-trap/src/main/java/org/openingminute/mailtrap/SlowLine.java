package org.openingminute.mailtrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Delays a server's answers, on each connection separately, to rehearse with a mail server that is slow for many clients at
 * once. Serves on its own threads until it is closed.
 */
final class SlowLine implements AutoCloseable {

    private static final int CHUNK = 8192;

    private final ServerSocket door;
    private final InetSocketAddress server;
    private final Duration heldBack;

    /**
     * @param at where to listen
     * @param server where to forward to
     * @param heldBack the delay before each answer is passed on
     * @throws IOException if it cannot listen there
     */
    SlowLine(InetSocketAddress at, InetSocketAddress server, Duration heldBack) throws IOException {
        this.server = server;
        this.heldBack = heldBack;
        door = new ServerSocket();
        door.bind(at);
        Thread.ofPlatform().name("slow-line").start(this::serve);
    }

    private void serve() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                // The server was closed, a client disconnected at once, or there is no room for another, where a
                // pause may help.
                LockSupport.parkNanos(heldBack.toNanos());
            }
        }
    }

    private void connect(Socket client) {
        try (client;
                Socket upstream = new Socket(server.getAddress(), server.getPort())) {
            Thread.ofVirtual().start(() -> pass(client, upstream, Duration.ZERO));
            pass(upstream, client, heldBack);
        } catch (IOException e) {
            // The server is gone, so the client's connection is closed, too.
        }
    }

    private static void pass(Socket from, Socket to, Duration heldBack) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                Thread.sleep(heldBack);
                out.write(chunk, 0, read);
                out.flush();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // One side is gone, so the other one is closed, too.
            close(from);
            close(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone in any case.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
