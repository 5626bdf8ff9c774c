package org.openingminute.registration.admission;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/** A line to the database that can be cut in the worst moment: after the server has committed, and before it is heard. */
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

    /** The next commit that passes is carried out, and its answer lost with the connection. */
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
                // The door was closed, or the database is away: whoever called notices.
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
                    // This is the server's word that it committed.
                    return;
                }
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // One end has gone; the other goes with it.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
