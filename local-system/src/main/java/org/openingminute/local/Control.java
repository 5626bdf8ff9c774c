package org.openingminute.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.openingminute.local.Settings.Ports;

/**
 * Lets a later command control the running system, by lines over the control port on loopback. Holding the port also makes the system the
 * only one with its {@code GATEWAY_PORT}.
 */
final class Control implements AutoCloseable {

    /** Also rejects browsers, because web pages can make them send HTTP to local ports. */
    private static final String GREETING = "opening-minute-1 ";

    private static final String DONE = "done";
    private static final String FAILED = "failed ";
    private static final Duration LIMIT = Duration.ofMinutes(5);
    /** The time-out of the greeting, because another program on that port may never answer. */
    private static final Duration SHORT_LIMIT = Duration.ofSeconds(2);

    private final ServerSocket server;
    private final Thread acceptor;

    private Control(ServerSocket server, Commands commands) {
        this.server = server;
        this.acceptor = Thread.ofPlatform().daemon().name("control").start(() -> accept(commands));
    }

    /** Carries out a command; the returned lines are sent back. */
    @FunctionalInterface
    interface Commands {
        List<String> run(List<String> words) throws InterruptedException;
    }

    static Control open(Ports ports, Commands commands) {
        try {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.control()));
            return new Control(server, commands);
        } catch (IOException e) {
            if (isOurs(ports)) {
                throw new CannotRun("a system is already running on GATEWAY_PORT " + ports.gateway(), e);
            }
            throw new CannotRun(
                    "port %d, which is derived from GATEWAY_PORT %d, is taken by another program"
                            .formatted(ports.control(), ports.gateway()),
                    e);
        }
    }

    /**
     * Sends a command to the running system.
     *
     * @return its response; empty if no system is running
     * @throws CannotRun if the system could not carry out the command
     */
    static Optional<List<String>> send(Ports ports, String command) throws IOException {
        return send(ports, command, LIMIT);
    }

    private static Optional<List<String>> send(Ports ports, String command, Duration limit) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports.control())) {
            socket.setSoTimeout((int) limit.toMillis());
            PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8);
            out.println(GREETING + command);
            BufferedReader in = reader(socket);
            List<String> answer = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals(DONE)) {
                    return Optional.of(answer);
                }
                if (line.startsWith(FAILED)) {
                    throw new CannotRun(line.substring(FAILED.length()));
                }
                answer.add(line);
            }
            throw new IOException("the system stopped before it answered");
        } catch (ConnectException _) {
            return Optional.empty();
        }
    }

    /** Releases the port. Waits for the thread in {@code accept}, because the port listens until that thread has returned. */
    @Override
    public void close() throws IOException {
        server.close();
        try {
            acceptor.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isOurs(Ports ports) {
        try {
            return send(ports, "status", SHORT_LIMIT).isPresent();
        } catch (IOException | CannotRun _) {
            return false;
        }
    }

    private void accept(Commands commands) {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                Thread.ofVirtual().start(() -> answer(caller, commands));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    System.err.println("control port: " + e.getMessage());
                }
            }
        }
    }

    private static void answer(Socket caller, Commands commands) {
        try (caller) {
            String line = reader(caller).readLine();
            if (line == null || !line.startsWith(GREETING)) {
                return;
            }
            PrintWriter out = new PrintWriter(caller.getOutputStream(), true, StandardCharsets.UTF_8);
            List<String> words = List.of(line.substring(GREETING.length()).split(" ", -1));
            try {
                commands.run(words).forEach(out::println);
                out.println(DONE);
            } catch (CannotRun e) {
                String message = e.getMessage();
                out.println(FAILED
                        + (message == null ? "" : message.lines().findFirst().orElse("")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException _) {
            // The sender has disconnected.
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }
}
