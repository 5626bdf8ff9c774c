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

/** A {@link FlowGenerator} as a process of its own. For one thread. */
public final class Generator implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final PrintStream to;
    private final BufferedReader from;
    private final int mailPort;

    /**
     * Starts it.
     *
     * @param mailAddress where its mail server listens, such as {@code 127.0.0.1}
     * @param atPort 0 for any that is free
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

    /** A conference whose seats are asked for, behind a port of this machine. */
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

    /** Clients as in a closed loop until it gets no faster; returns what was finished in a second, window by window. */
    public List<Double> warm(Target target, int clients, Duration window, Duration most) throws IOException {
        return List.of(answer(order(What.WARM, target, clients, window, most), Double[].class));
    }

    /** Clients that begin the next flow as soon as one is confirmed. */
    public Generated closed(Target target, int clients, Duration length, Duration drain) throws IOException {
        return answer(order(What.CLOSED, target, clients, length, drain), Generated.class);
    }

    /** Flows that begin at random instants. */
    public Generated open(Target target, double perSecond, Duration length, Duration drain) throws IOException {
        return answer(order(What.OPEN, target, perSecond, length, drain), Generated.class);
    }

    /** So many flows by so many clients, each of which begins the next one when the mail of the one before has come. */
    public Generated counted(Target target, int flows, int clients, Duration patience) throws IOException {
        return answer(new Order(What.COUNTED, target, clients, 0, patience.toMillis(), flows, null), Generated.class);
    }

    /** Clients that read again as soon as they are answered; what they wait for is {@link Step#READ}. */
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
