package org.openingminute.kit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback interface, for servers that start later or that stop and start again. */
public final class FreePort {

    private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();
    /** A file of all test processes of this user; the byte at a port's number is locked by the process that has taken the port. */
    private static final FileChannel PORTS = open();

    private FreePort() {}

    /**
     * Returns a port that is free now, and that no test process has taken. It lies below those of the local systems of tests, which begin
     * at 7,000, and below 32,768, from where Linux takes the ports of outgoing connections. So none of these takes it while its server is
     * stopped.
     */
    public static int draw() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(2_000, 7_000);
            if (!take(port)) {
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

    /** Takes a port until this process ends. Returns false if this process or another one has taken it before. */
    public static boolean take(int port) {
        try {
            return TAKEN.add(port) && PORTS.tryLock(port, 1, false) != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel open() {
        Path file = Path.of(
                System.getProperty("java.io.tmpdir"), "opening-minute-ports-" + System.getProperty("user.name"));
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
