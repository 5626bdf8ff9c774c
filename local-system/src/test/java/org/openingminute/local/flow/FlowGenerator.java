package org.openingminute.local.flow;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.flow.Generator.Target;
import tools.jackson.databind.json.JsonMapper;

/**
 * The process that plays registrants and their mail server, so that its processor time is separate from that of the system. It prints the
 * port of its mail server, then reads one {@link Order} per line and answers each with a line, until its input ends.
 */
final class FlowGenerator {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private FlowGenerator() {}

    enum What {
        WARM,
        CLOSED,
        OPEN,
        COUNTED,
        READ
    }

    /**
     * An order to the generator.
     *
     * @param load the number of clients, or in an open loop the flows per second
     * @param millis the duration; for a warm-up, the length of a window
     * @param patience the milliseconds to wait for mails afterwards; for a warm-up, its maximum duration
     * @param flows the number of flows, unless the time decides
     * @param reading what is read, if nothing is registered
     */
    record Order(
            What what,
            Target target,
            double load,
            long millis,
            long patience,
            int flows,
            @Nullable Reading reading) {}

    /** @param arguments address and port of the mail server */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (MailSink sink = new MailSink(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])))) {
            out.println(sink.port());
            String line;
            while ((line = in.readLine()) != null) {
                Order order = JSON.readValue(line, Order.class);
                try (FlowClient client = order.target().client()) {
                    out.println(JSON.writeValueAsString(carryOut(order, new FlowLoad(client, sink))));
                }
            }
        }
    }

    private static Object carryOut(Order order, FlowLoad load) throws InterruptedException {
        Duration length = Duration.ofMillis(order.millis());
        Duration patience = Duration.ofMillis(order.patience());
        return switch (order.what()) {
            case WARM -> load.warm((int) order.load(), length, patience);
            case CLOSED -> load.closed((int) order.load(), length, patience);
            case OPEN -> load.open(order.load(), length, patience);
            case COUNTED -> load.flows(order.flows(), (int) order.load(), patience);
            case READ -> load.read(Objects.requireNonNull(order.reading()), (int) order.load(), length);
        };
    }
}
