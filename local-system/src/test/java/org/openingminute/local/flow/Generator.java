package org.openingminute.local.flow;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.openingminute.local.flow.FlowGenerator.Order;
import org.openingminute.local.flow.FlowGenerator.What;
import tools.jackson.databind.json.JsonMapper;

/** A {@link FlowGenerator} in its own process. Not thread-safe. */
public final class Generator implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final PrintStream to;
    private final BufferedReader from;
    private final int mailPort;

    /**
     * Starts the process.
     *
     * @param mailAddress the address of its mail server, for example {@code 127.0.0.1}
     * @param atPort the port of its mail server; 0 for any free port
     */
    public Generator(String mailAddress, int atPort) throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FlowGenerator.class.getName(),
                        mailAddress,
                        "" + atPort))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        mailPort = Integer.parseInt(line());
    }

    /** The conference to register for, behind a port of this machine. */
    public record Target(int port, String slug, Flow flow) {

        FlowClient client() {
            return new FlowClient(port, slug, flow);
        }
    }

    /** The port of its mail server. */
    public int mailPort() {
        return mailPort;
    }

    public long pid() {
        return process.pid();
    }

    /** Runs a closed loop until it gets no faster. Returns the rate per second of each window. */
    public List<Double> warm(Target target, int clients, Duration window, Duration most) throws IOException {
        return List.of(answer(order(What.WARM, target, clients, window, most), Double[].class));
    }

    /** Runs a closed loop: each client starts its next flow when the previous one is confirmed. */
    public Generated closed(Target target, int clients, Duration length, Duration drain) throws IOException {
        return answer(order(What.CLOSED, target, clients, length, drain), Generated.class);
    }

    /** Runs an open loop, whose flows start at random instants. */
    public Generated open(Target target, double perSecond, Duration length, Duration drain) throws IOException {
        return answer(order(What.OPEN, target, perSecond, length, drain), Generated.class);
    }

    /** Runs a number of flows; each client starts its next flow when the previous one's mail has arrived. */
    public Generated counted(Target target, int flows, int clients, Duration patience) throws IOException {
        return answer(new Order(What.COUNTED, target, clients, 0, patience.toMillis(), flows, null), Generated.class);
    }

    /** Reads in a closed loop; the response times are {@link Step#READ}. */
    public Generated read(Target target, Reading reading, int clients, Duration length) throws IOException {
        return answer(new Order(What.READ, target, clients, length.toMillis(), 0, 0, reading), Generated.class);
    }

    private static Order order(What what, Target target, double load, Duration length, Duration patience) {
        return new Order(what, target, load, length.toMillis(), patience.toMillis(), 0, null);
    }

    private <A> A answer(Order order, Class<A> type) throws IOException {
        to.println(JSON.writeValueAsString(order));
        return JSON.readValue(line(), type);
    }

    private String line() throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new EOFException("the generator has ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
