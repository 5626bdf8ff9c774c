package org.openingminute.benchmarks.flow;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.openingminute.benchmarks.flow.FlowFigures.Line;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.flow.Deployment;
import org.openingminute.local.flow.Flow;
import org.openingminute.local.flow.FlowCheck;
import org.openingminute.local.flow.FlowCounts;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.FlowCounts.Mark;
import org.openingminute.local.flow.Generated;
import org.openingminute.local.flow.Generator;
import org.openingminute.local.flow.Generator.Target;
import org.openingminute.local.load.Cpu;

/** All measurements, and what is checked after each. */
final class FlowRun implements AutoCloseable {

    static final String GENERATOR = "generator";
    static final List<String> SERVICES =
            List.of("gateway", "registration-service", "payment-service", "notification-service");
    static final String POSTGRES = "postgres";
    /** Of PostgreSQL's time, that of the connections to a database. */
    static final List<String> DATABASES = List.of("registration", "payment", "notification");

    private static final int SEATS = 1_000_000;
    private static final int WARM_CLIENTS = 16;
    static final Duration PROVIDER_ANSWERS_AFTER = Duration.ofMillis(50);

    private final FlowPlan plan;
    private final Deployment deployment;
    private final Generator generator;
    private final Cpu cpu;
    private final Connection postgres;
    private final Connection registration;
    private final FlowCounts counts;
    private final Map<Flow, Target> targets = new EnumMap<>(Flow.class);
    private final Map<Flow, Long> confirmed = new EnumMap<>(Flow.class);
    private final Map<Flow, Long> failed = new EnumMap<>(Flow.class);
    private final List<String> notes = new ArrayList<>();
    private final long begun = System.nanoTime();

    FlowRun(FlowPlan plan, Deployment deployment, Generator generator) throws SQLException {
        this.plan = plan;
        this.deployment = deployment;
        this.generator = generator;
        this.cpu = new Cpu(pids(deployment)::get, deployment.parts());
        this.postgres = deployment.connect("postgres");
        this.registration = deployment.connect("registration");
        this.counts = new FlowCounts(postgres);
    }

    FlowFigures run(ApiClient api) throws SQLException, IOException, InterruptedException {
        for (Flow flow : Flow.values()) {
            targets.put(flow, onSale(api, flow));
        }
        Duration warmed = generator
                .warm(onSale(api, Flow.CARD), WARM_CLIENTS, plan.window(), plan.warmAtMost())
                .plus(generator.warm(onSale(api, Flow.FREE), WARM_CLIENTS, plan.window(), plan.window()));
        notes.add("Warmed by %d clients for %d s, until two windows of %d s were not 5 %% faster, or for %d s at most."
                .formatted(
                        WARM_CLIENTS,
                        warmed.toSeconds(),
                        plan.window().toSeconds(),
                        plan.warmAtMost().toSeconds()));
        counts.awaitTransactionsTold();
        FlowFigures figures = idle();
        for (int round = 0; round < plan.rounds(); round++) {
            for (Flow flow : List.of(Flow.CARD, Flow.FREE)) {
                for (int clients : plan.clients()) {
                    boolean settled = round == 0 && plan.counted().contains(clients);
                    figures.add(
                            Line.closed(flow, clients),
                            measured(
                                    flow,
                                    settled,
                                    () -> generator.closed(targets.get(flow), clients, plan.run(), plan.drain())));
                }
            }
        }
        if (!plan.loads().isEmpty()) {
            open(figures, api);
        }
        return figures;
    }

    private void open(FlowFigures figures, ApiClient api) throws SQLException, IOException, InterruptedException {
        api.put("/sandbox/faults", "{\"latencyMs\": %d}".formatted(PROVIDER_ANSWERS_AFTER.toMillis()), Map.of())
                .has(200);
        for (int round = 0; round < plan.rounds(); round++) {
            for (Flow flow : List.of(Flow.CARD, Flow.FREE)) {
                for (double part : plan.loads()) {
                    double perSecond = figures.best(flow) * part;
                    figures.add(
                            Line.open(flow, part),
                            measured(
                                    flow,
                                    false,
                                    () -> generator.open(targets.get(flow), perSecond, plan.run(), plan.drain())));
                }
            }
        }
        api.put("/sandbox/faults", "{}", Map.of()).has(200);
    }

    /** Each told once: no part is started again while it is measured. */
    private static Map<String, Long> pids(Deployment deployment) {
        return deployment.parts().stream().collect(Collectors.toMap(part -> part, deployment::pid));
    }

    private interface Measurement {
        Generated make() throws IOException;
    }

    /** A conference of its own. */
    private Target onSale(ApiClient api, Flow flow) {
        String slug = ApiClient.newSlug("flow-" + flow.words());
        api.putOnSale(slug, SEATS, "\"holdMinutes\": 60", flow.amount());
        return new Target(deployment.port(), slug, flow);
    }

    private FlowFigures idle() throws SQLException, InterruptedException {
        Map<String, Double> before = cpuSeconds();
        Mark mark = counts.mark();
        Thread.sleep(plan.idle());
        Counts counted = counts.between(mark, counts.mark());
        return new FlowFigures(counted, Cpu.between(before, cpuSeconds()));
    }

    private FlowMeasured measured(Flow flow, boolean settled, Measurement measurement)
            throws SQLException, IOException, InterruptedException {
        Map<String, Double> before = cpuSeconds();
        Mark mark = counts.mark();
        Generated generated = measurement.make();
        if (settled) {
            counts.awaitTransactionsTold();
        }
        Mark end = counts.mark();
        Map<String, Double> used = Cpu.between(before, cpuSeconds());
        confirmed.merge(flow, generated.all(), Long::sum);
        failed.merge(flow, generated.failures(), Long::sum);
        new FlowCheck(registration).check(targets.get(flow).slug(), confirmed.get(flow), failed.get(flow));
        if (generated.twice() > 0) {
            throw new IllegalStateException(generated.twice() + " flows have more than one confirmation");
        }
        return new FlowMeasured(generated, counts.between(mark, end), settled, used);
    }

    private Map<String, Double> cpuSeconds() {
        Map<String, Double> seconds = new LinkedHashMap<>(cpu.seconds());
        seconds.remove(Cpu.CLIENT);
        seconds.put(GENERATOR, Cpu.of(generator.pid()));
        Cpu.byDatabase(deployment.pid(POSTGRES)).forEach((database, ofIt) -> seconds.put(database(database), ofIt));
        return seconds;
    }

    /** The name of a database's share of PostgreSQL's time. */
    static String database(String name) {
        return POSTGRES + ": " + name;
    }

    List<String> notes() {
        return notes;
    }

    Deployment deployment() {
        return deployment;
    }

    FlowCounts counts() {
        return counts;
    }

    double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }

    @Override
    public void close() throws SQLException {
        registration.close();
        postgres.close();
    }
}
