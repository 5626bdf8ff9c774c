package org.openingminute.kit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback interface, for servers that start later or that stop and start again. */
public final class FreePort {

    private static final Set<Integer> DRAWN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /**
     * Returns a port that is free now, and that this process has not drawn before. It lies below those of the local systems of tests, which
     * begin at 7,000, and below 32,768, from where Linux takes the ports of outgoing connections. So neither of these takes it while its
     * server is stopped.
     */
    public static int draw() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(2_000, 7_000);
            if (!DRAWN.add(port)) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException _) {
                // It is in use: the next one is tried.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
