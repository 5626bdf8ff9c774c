package org.openingminute.local.mailtrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A line to a server whose answers take their time, each connection for itself: whatever the server writes is held back. To
 * rehearse with a server that is slow for many and not only for one after the other. Serves on threads of its own until it is closed.
 */
final class SlowLine implements AutoCloseable {

    private static final int CHUNK = 8192;

    private final ServerSocket door;
    private final InetSocketAddress server;
    private final Duration heldBack;

    /**
     * @param at where to listen
     * @param server where to pass on to
     * @param heldBack before each answer is passed on
     * @throws IOException if nobody can listen there
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
                // Closed, or a client that left at once; or there is no more room for one, and a pause may help.
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
            // The server is gone; so is then the client's connection.
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
            // One side is gone; so is then the other.
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
