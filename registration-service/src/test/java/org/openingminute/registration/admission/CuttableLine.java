package org.openingminute.registration.admission;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection to the database that can be cut at the worst moment: after the server's commit, before the client learns of it. */
final class CuttableLine implements AutoCloseable {

    private final ServerSocket door;
    private final String host;
    private final int port;
    private final AtomicBoolean cutAtNextCommit = new AtomicBoolean();

    CuttableLine(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Passes the next commit on, then closes the connection without its reply. */
    void cutAtNextCommit() {
        cutAtNextCommit.set(true);
    }

    boolean wasCut() {
        return !cutAtNextCommit.get();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket server = new Socket(host, port);
                AtomicBoolean deaf = new AtomicBoolean();
                Thread.ofVirtual().start(() -> pump(client, server, deaf, true));
                Thread.ofVirtual().start(() -> pump(server, client, deaf, false));
            } catch (IOException e) {
                // The proxy was closed or the database is unreachable; the client notices.
            }
        }
    }

    private void pump(Socket from, Socket to, AtomicBoolean deaf, boolean towardsServer) {
        byte[] buffer = new byte[65_536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (towardsServer
                        && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains("COMMIT")
                        && cutAtNextCommit.compareAndSet(true, false)) {
                    deaf.set(true);
                } else if (!towardsServer && deaf.get()) {
                    // This was the server's reply to the commit.
                    return;
                }
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // One end has closed the connection; the other is closed with it.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
