package org.openingminute.benchmarks.flow;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.benchmarks.Cores;
import org.openingminute.benchmarks.flow.FlowFigures.Line;
import org.openingminute.benchmarks.oneprocess.OneProcessServer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.flow.Deployment;
import org.openingminute.local.flow.Flow;
import org.openingminute.local.flow.FlowCheck;
import org.openingminute.local.flow.FlowCounts;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.FlowCounts.Mark;
import org.openingminute.local.flow.Generated;
import org.openingminute.local.flow.Generator;
import org.openingminute.local.flow.Generator.Target;
import org.openingminute.local.flow.Reading;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.WarmUp;

/** Runs all measurements and checks the tables after each. */
final class FlowRun implements AutoCloseable {

    static final String GENERATOR = "generator";
    static final String POSTGRES = "postgres";
    static final String KAFKA = "kafka";
    static final String ONE_PROCESS = "one process";
    static final int READERS = 32;
    static final Duration PROVIDER_ANSWERS_AFTER = Duration.ofMillis(50);

    private static final int SEATS = 1_000_000;
    private static final List<Flow> FLOWS = List.of(Flow.CARD, Flow.FREE);

    private final FlowPlan plan;
    private final Deployment deployment;
    private final Generator generator;
    private final ApiClient api;
    private final Cpu cpu;
    private final GcPauses gc;
    private final @Nullable KafkaRequests kafka;
    private final Connection postgres;
    private final Connection registration;
    private final FlowCounts counts;
    private final MoneyRecords records;
    private final FlowHops hops;
    private final Map<Flow, Target> targets = new EnumMap<>(Flow.class);
    private final Map<Flow, Long> confirmed = new EnumMap<>(Flow.class);
    private final Map<Flow, Long> failed = new EnumMap<>(Flow.class);
    private final List<String> notes = new ArrayList<>();
    private final long begun = System.nanoTime();
    private @Nullable OneProcessServer oneProcess;

    FlowRun(FlowPlan plan, Deployment deployment, Generator generator, ApiClient api) throws Exception {
        this.plan = plan;
        this.deployment = deployment;
        this.generator = generator;
        this.api = api;
        Map<String, Long> pids = deployment.parts().stream().collect(Collectors.toMap(part -> part, deployment::pid));
        this.cpu = new Cpu(pids::get, deployment.parts());
        this.gc = new GcPauses(virtualMachines().collect(Collectors.toMap(part -> part, part -> pidOf(pids, part))));
        this.kafka = deployment.inContainers() ? null : new KafkaRequests(deployment.pid(KAFKA));
        this.postgres = deployment.connect("postgres");
        this.registration = deployment.connect("registration");
        this.counts = new FlowCounts(postgres);
        this.hops = new FlowHops(deployment, api);
        this.records = new MoneyRecords(api, () -> deployment.connect("payment"));
        notes.add(
                Cores.areMany()
                        ? Cores.divide(deployment.parts().stream().map(pids::get), generator.pid())
                        : "The generator shares the processors with the system.");
    }

    private long pidOf(Map<String, Long> pids, String part) {
        return part.equals(GENERATOR) ? generator.pid() : pids.get(part);
    }

    /** Returns the parts with a garbage collector. */
    static Stream<String> virtualMachines() {
        return Stream.concat(Deployment.PARTS.stream().filter(part -> !part.equals(POSTGRES)), Stream.of(GENERATOR));
    }

    FlowFigures run() throws Exception {
        counts.track(false);
        for (Flow flow : FLOWS) {
            targets.put(flow, onSale(flow, SEATS));
        }
        @Nullable Generated cold = plan.cold().isZero() ? null : cold();
        warm();
        FlowFigures figures = counted();
        if (cold != null) {
            figures.addCold(cold);
        }
        closed(figures);
        open(figures);
        read(figures);
        baseline(figures);
        return figures;
    }

    private Generated cold() throws Exception {
        return measured(
                        Line.COLD.flow(),
                        () -> generator.closed(
                                targets.get(Line.COLD.flow()), Line.COLD.clients(), plan.cold(), plan.drain()))
                .generated();
    }

    private void warm() throws IOException {
        warm("the system", flow -> onSale(flow, SEATS));
    }

    /** Warms with the more expensive flows first; each further flow gets half the time. */
    private void warm(String what, Function<Flow, Target> onSale) throws IOException {
        Duration most = plan.warmAtMost();
        for (Flow flow : FLOWS) {
            List<Double> rates = generator.warm(onSale.apply(flow), plan.warmClients(), plan.window(), most);
            notes.add(
                    "Warming %s, %s, %d clients, finished/s in windows of %d s: %s (until two were not 5 %% faster, or %d s)."
                            .formatted(
                                    what,
                                    flow.words(),
                                    plan.warmClients(),
                                    plan.window().toSeconds(),
                                    WarmUp.words(rates),
                                    most.toSeconds()));
            most = plan.warmAtMost().dividedBy(2);
        }
    }

    /** Separate measurements, because counting costs time. */
    private FlowFigures counted() throws Exception {
        counts.track(true);
        counts.awaitTransactionsTold();
        FlowFigures figures = new FlowFigures(idle());
        Counts idle = figures.idle().counts();
        for (Flow flow : FLOWS) {
            for (int clients : plan.counted()) {
                figures.addCounted(Line.closed(flow, clients), measured(flow, () -> {
                    Generated generated =
                            generator.counted(targets.get(flow), FlowPlan.flows(clients), clients, plan.drain());
                    counts.awaitQuiet(idle);
                    counts.awaitTransactionsTold();
                    return generated;
                }));
            }
        }
        counts.track(false);
        return figures;
    }

    private void closed(FlowFigures figures) throws Exception {
        for (int round = 0; round < plan.rounds(); round++) {
            for (Flow flow : FLOWS) {
                for (int clients : plan.clients()) {
                    figures.add(
                            Line.closed(flow, clients),
                            measured(
                                    flow,
                                    () -> generator.closed(targets.get(flow), clients, plan.run(), plan.drain())));
                }
            }
        }
    }

    private void open(FlowFigures figures) throws Exception {
        if (plan.loads().isEmpty()) {
            return;
        }
        api.put("/sandbox/faults", "{\"latencyMs\": %d}".formatted(PROVIDER_ANSWERS_AFTER.toMillis()), Map.of())
                .has(200);
        for (int round = 0; round < plan.rounds(); round++) {
            for (Flow flow : FLOWS) {
                for (double part : plan.loads()) {
                    double perSecond = Math.max(1, figures.best(flow) * part);
                    figures.add(
                            Line.open(flow, part),
                            measured(
                                    flow,
                                    () -> generator.open(targets.get(flow), perSecond, plan.run(), plan.drain())));
                }
            }
        }
        api.put("/sandbox/faults", "{}", Map.of()).has(200);
    }

    private void read(FlowFigures figures) throws Exception {
        if (plan.reads().isZero()) {
            return;
        }
        Target soldOut = onSale(Flow.FREE, 1);
        api.register(soldOut.slug(), "guest", ApiClient.newAddress("last"));
        for (int round = 0; round < plan.rounds(); round++) {
            for (Reading reading : Reading.values()) {
                Target target = reading == Reading.SOLD_OUT ? soldOut : targets.get(Flow.FREE);
                figures.addRead(reading, used(() -> generator.read(target, reading, READERS, plan.reads())));
            }
        }
    }

    /** Measures the same flows in {@link OneProcessServer one process}, while the system is idle. */
    private void baseline(FlowFigures figures) throws Exception {
        if (plan.baseline().isZero()) {
            return;
        }
        try (OneProcessServer server = new OneProcessServer(deployment, generator.mailPort())) {
            oneProcess = server;
            warm(ONE_PROCESS, server::target);
            FlowIdle idle = idle();
            for (int round = 0; round < plan.rounds(); round++) {
                for (Flow flow : FLOWS) {
                    FlowMeasured measured = used(() ->
                            generator.closed(server.target(flow), FlowTargets.CLIENTS, plan.baseline(), plan.drain()));
                    checkMails(measured.generated());
                    figures.addBaseline(flow, measured.each(idle));
                }
            }
        } finally {
            oneProcess = null;
        }
    }

    private interface Measurement {
        Generated make() throws Exception;
    }

    /** Creates a conference for the flow. */
    private Target onSale(Flow flow, int seats) {
        String slug = ApiClient.newSlug("flow-" + flow.words());
        api.putOnSale(slug, seats, "\"holdMinutes\": 60", flow.amount());
        return new Target(deployment.port(), slug, flow);
    }

    private FlowIdle idle() throws Exception {
        Map<String, Double> cpuBefore = cpuSeconds();
        Map<String, Double> requestsBefore = requests();
        Mark mark = counts.mark();
        Thread.sleep(plan.idle());
        Counts counted = counts.between(mark, counts.mark());
        return new FlowIdle(counted, Cpu.between(cpuBefore, cpuSeconds()), Cpu.between(requestsBefore, requests()));
    }

    /** Measures, and checks that every registration is confirmed with a seat, one mail and the correct postings. */
    private FlowMeasured measured(Flow flow, Measurement measurement) throws Exception {
        Instant begin = Instant.now();
        FlowMeasured measured = used(measurement);
        Generated generated = measured.generated();
        confirmed.merge(flow, generated.all(), Long::sum);
        failed.merge(flow, generated.failures(), Long::sum);
        new FlowCheck(registration).check(targets.get(flow).slug(), confirmed.get(flow), failed.get(flow));
        checkMails(generated);
        if (flow == Flow.CARD && !records.ofTheLedger().equals(records.ofTheSandbox())) {
            throw new IllegalStateException("the ledger is not the sandbox's list");
        }
        return measured.with(hops.since(targets.get(flow).slug(), begin));
    }

    private static void checkMails(Generated generated) {
        if (generated.twice() > 0 || generated.unmailed() > 0) {
            throw new IllegalStateException("of %d confirmed, %d have no mail after %.0f s and %d more than one"
                    .formatted(generated.all(), generated.unmailed(), generated.drained(), generated.twice()));
        }
    }

    private FlowMeasured used(Measurement measurement) throws Exception {
        Map<String, Double> cpuBefore = cpuSeconds();
        Map<String, Double> gcBefore = gc.seconds();
        Map<String, Double> requestsBefore = requests();
        Mark mark = counts.mark();
        Generated generated = measurement.make();
        Mark end = counts.mark();
        Map<String, Double> used = Cpu.between(cpuBefore, cpuSeconds());
        return new FlowMeasured(
                generated,
                counts.between(mark, end),
                used,
                Cpu.between(gcBefore, gc.seconds()),
                Cpu.between(requestsBefore, requests()),
                Map.of());
    }

    private Map<String, Double> requests() throws IOException {
        return kafka == null ? Map.of() : kafka.counts();
    }

    private Map<String, Double> cpuSeconds() {
        Map<String, Double> seconds = new LinkedHashMap<>(cpu.seconds());
        seconds.remove(Cpu.CLIENT);
        seconds.put(GENERATOR, Cpu.of(generator.pid()));
        if (oneProcess != null) {
            seconds.put(ONE_PROCESS, Cpu.of(oneProcess.pid()));
        }
        Cpu.byDatabase(deployment.pid(POSTGRES)).forEach((database, ofIt) -> seconds.put(database(database), ofIt));
        return seconds;
    }

    /** Returns the name under which a database's part of PostgreSQL's time is shown. */
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
    public void close() throws SQLException, IOException {
        if (kafka != null) {
            kafka.close();
        }
        hops.close();
        registration.close();
        postgres.close();
    }
}
