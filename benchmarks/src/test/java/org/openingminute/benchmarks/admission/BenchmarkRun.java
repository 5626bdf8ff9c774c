package org.openingminute.benchmarks.admission;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.openingminute.benchmarks.admission.Results.Line;
import org.openingminute.benchmarks.admission.Results.Part;
import org.openingminute.benchmarks.admission.Templates.Before;
import org.openingminute.local.load.Candidate;
import org.openingminute.local.load.Load;
import org.openingminute.local.load.Measured;
import org.openingminute.local.load.Sale;
import org.openingminute.local.load.WarmUp;

/** Runs all measurements. Candidates take turns, so that each round finds the same state of the machine. */
final class BenchmarkRun {

    /** The prefix of the names of these figures, in registrations per second. */
    static final String CAPACITY = "capacity in the sweep: ";

    static final String SOLD_OUT = "registration-service, sold out";
    static final String REPEATED = "registration-service, repeated";

    /** Much longer than a second, because statements are counted once a second. */
    private static final Duration COUNTED = Duration.ofSeconds(10);

    /** The first load of a ramp as a part of the closed loops' rate. Each next load is larger by the step. */
    private static final double RAMP_FROM = 0.4;

    private static final double RAMP_STEP = 1.25;
    private static final int FEW_SEATS = 10;
    private static final long NUMBERS = 100_000_000;

    private final Bench bench;
    private final Plan plan;
    private final Results results = new Results();
    private final long begun = System.nanoTime();
    private final Templates templates;
    private final Optional<Pgbench> pgbench;
    /** The conference on sale while the tables are filled. */
    private final Sale filled;

    private final Map<Before, Templates.Filling> fillings = new EnumMap<>(Before.class);
    private int pgbenchConnections;
    private long filledRuns;

    BenchmarkRun(Bench bench, Plan plan, Path folder) throws Exception {
        this.bench = bench;
        this.plan = plan;
        this.templates = new Templates(bench.database());
        Map<Workload.Shape, UUID> kinds = bench.kinds();
        this.pgbench = Pgbench.find(folder, bench.inside(), templates, kinds);
        this.filled = bench.sale("filled", Bench.MANY);
        for (Before before : Before.values()) {
            fillings.put(
                    before,
                    templates.filling(
                            filled.slug(), before, kinds.values().iterator().next()));
        }
    }

    Results run() throws Exception {
        rows();
        warmUp();
        tunePgbench();
        try (NaiveJdbc naive = tunedNaive()) {
            closedLoops(naive);
            naiveLoad(naive);
        }
        sweep(bench.inProcess());
        results.note("While registration-service is asked for more and more: " + bench.divideProcessors());
        sweep(bench.service());
        refusalsAlone();
        bench.shareProcessors();
        refusals();
        snapshot();
        filled();
        bench.ended().forEach(results::note);
        results.note("%.0f s in all.".formatted((System.nanoTime() - begun) / 1e9));
        return results;
    }

    private boolean timeIsLeft(String what) {
        if (System.nanoTime() - begun < plan.limit().toNanos()) {
            return true;
        }
        results.note("Left out, because the time was over: " + what + ".");
        return false;
    }

    private void warmUp() throws Exception {
        try (NaiveJdbc naive = bench.naive(plan.connections().getFirst())) {
            for (Candidate candidate : candidates(naive)) {
                List<Double> rates = WarmUp.rates(
                        () -> closed(candidate, plan.manyClients(), plan.window())
                                .answersPerSecond(),
                        plan.warmAtMost());
                results.note("Warming %s, a second: %s.".formatted(candidate.name(), WarmUp.words(rates)));
            }
        }
    }

    /** Comes first, because it reads all rows. */
    private void rows() throws Exception {
        for (Candidate candidate : List.of(bench.inProcess(), bench.inProcess().bounded())) {
            Sale sale = bench.sale("rows", Bench.MANY);
            bench.measured(
                    sale,
                    () -> Load.closed(candidate, sale, plan.fewClients(), plan.run(), Math.min(2000, plan.most())));
            results.note("Rows per registration, %s: %s."
                    .formatted(
                            candidate.name(),
                            bench.database().rowsPerRegistration(sale.slug()).entrySet().stream()
                                    .map(table -> "%s %.2f".formatted(table.getKey(), table.getValue()))
                                    .reduce((a, b) -> a + ", " + b)
                                    .orElseThrow()));
        }
    }

    private List<Candidate> candidates(NaiveJdbc naive) {
        return List.of(
                naive,
                bench.inProcess(),
                bench.inProcess().bounded(),
                bench.service(),
                bench.serviceDoingNothing(),
                bench.serviceRepeating(),
                bench.gateway(),
                bench.gatewayDoingNothing());
    }

    private void tunePgbench() throws Exception {
        if (pgbench.isEmpty()) {
            results.note("pgbench: not on this machine.");
            return;
        }
        Map<Integer, Double> tried = new LinkedHashMap<>();
        for (int connections : plan.connections()) {
            tried.put(connections, pgbench(connections, plan.window()).perSecond());
        }
        pgbenchConnections = best(tried);
        results.note("%s, %d connections; tried, a second: %s."
                .formatted(pgbench.get().version(), pgbenchConnections, words(tried)));
    }

    private NaiveJdbc tunedNaive() throws Exception {
        Map<Integer, Double> tried = new LinkedHashMap<>();
        for (int connections : plan.connections()) {
            try (NaiveJdbc naive = bench.naive(connections)) {
                tried.put(
                        connections,
                        closed(naive, plan.fewClients(), plan.window()).perSecond());
            }
        }
        results.note("Naive transaction through JDBC, %d connections; tried with %d clients, a second: %s."
                .formatted(best(tried), plan.fewClients(), words(tried)));
        return bench.naive(best(tried));
    }

    private static int best(Map<Integer, Double> tried) {
        return tried.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static String words(Map<Integer, Double> tried) {
        List<String> words = new ArrayList<>();
        tried.forEach((connections, rate) -> words.add("%d: %.0f".formatted(connections, rate)));
        return String.join(", ", words);
    }

    private void closedLoops(NaiveJdbc naive) throws Exception {
        for (int round = 0; round < plan.rounds(); round++) {
            for (int clients : plan.clients()) {
                if (pgbench.isPresent()) {
                    results.add(new Line(Part.CLOSED, Pgbench.NAME, clients), pgbench(pgbenchConnections, plan.run()));
                }
                for (Candidate candidate : candidates(naive)) {
                    results.add(
                            new Line(Part.CLOSED, candidate.name(), clients), closed(candidate, clients, plan.run()));
                }
            }
        }
    }

    /** Compares both at a load that the naive transaction can just sustain. */
    private void naiveLoad(NaiveJdbc naive) throws Exception {
        double rate = 0.9 * capacity(naive);
        for (int round = 0; round < plan.rounds(); round++) {
            for (Candidate candidate : List.of(naive, bench.inProcess())) {
                results.add(new Line(Part.CALM, candidate.name(), rate), open(candidate, rate));
            }
        }
    }

    private double capacity(Candidate candidate) {
        return plan.clients().stream()
                .mapToDouble(clients ->
                        results.median(new Line(Part.CLOSED, candidate.name(), clients), Measured::perSecond))
                .max()
                .orElseThrow();
    }

    private void sweep(Candidate candidate) throws Exception {
        if (!timeIsLeft("a sweep of " + candidate.name())) {
            return;
        }
        double capacity = ramp(candidate);
        for (int round = 0; round < plan.fewRounds(); round++) {
            for (double load : plan.loads()) {
                results.add(new Line(Part.SWEEP, candidate.name(), load), open(candidate, load * capacity));
            }
        }
        results.figure(CAPACITY + candidate.name(), capacity);
    }

    /** Increases the request rate until the throughput no longer grows; returns the highest throughput. */
    private double ramp(Candidate candidate) throws Exception {
        AtomicReference<Double> load = new AtomicReference<>(capacity(candidate) * RAMP_FROM / RAMP_STEP);
        List<Double> rates = WarmUp.rates(
                () -> open(candidate, load.updateAndGet(before -> before * RAMP_STEP), plan.window())
                        .perSecond(),
                plan.warmAtMost());
        results.note("Ramp of %s, done a second, from %.1f times the closed loops' and %.0f %% more each time: %s."
                .formatted(candidate.name(), RAMP_FROM, (RAMP_STEP - 1) * 100, WarmUp.words(rates)));
        // A window without any completed request is too short to count.
        return rates.stream().filter(rate -> rate > 0).max(Double::compare).orElse(capacity(candidate));
    }

    /** Measures the cost of a refusal while the sale is locked and nothing else can be decided. */
    private void refusalsAlone() throws Exception {
        if (!timeIsLeft("refusals alone")) {
            return;
        }
        HttpCandidate service = bench.service();
        Sale sale = bench.sale("locked", Bench.MANY);
        Measured measured = bench.measured(sale, () -> {
            try (Connection _ = bench.database().locked(sale.slug())) {
                return Load.open(service, sale, plan.loads().getLast() * capacity(service), plan.run());
            }
        });
        if (measured.refused() > 0) {
            results.figure(Targets.REFUSAL_MICROS, measured.used("registration-service") * 1e6 / measured.refused());
        }
    }

    /** Measures replies that change nothing, and how often they poll the database. */
    private void refusals() throws Exception {
        if (!timeIsLeft("sold-out and repeated answers")) {
            return;
        }
        HttpCandidate service = bench.service();
        Sale soldOut = bench.sale("sold-out", FEW_SEATS);
        bench.measured(soldOut, () -> Load.closed(service, soldOut, FEW_SEATS, Duration.ofSeconds(5), Bench.FEW_KEYS));
        Sale repeated = new Sale(bench.sale("repeated", Bench.MANY).slug(), n -> n % Bench.FEW_KEYS);
        bench.measured(
                repeated, () -> Load.closed(service, repeated, FEW_SEATS, Duration.ofSeconds(5), Bench.FEW_KEYS));
        // Numbers of which no request was sent before.
        Sale later = new Sale(soldOut.slug(), n -> bench.workload().withoutVoucher(n + Bench.FEW_KEYS));
        // Runs first, so that newly used code is compiled before the measurement.
        closed(service, later, plan.manyClients());
        closed(service, repeated, plan.manyClients());
        for (int round = 0; round < plan.fewRounds(); round++) {
            for (int clients : plan.clients()) {
                results.add(new Line(Part.NO, SOLD_OUT, clients), closed(service, later, clients));
                results.add(new Line(Part.NO, REPEATED, clients), closed(service, repeated, clients));
                HttpCandidate nothing = bench.serviceDoingNothing();
                results.add(new Line(Part.NO, nothing.name(), clients), closed(nothing, later, clients));
            }
        }
        double idle = bench.statementsPerSecond(() -> {
            Thread.sleep(COUNTED);
            return null;
        });
        results.figure(Targets.STATEMENTS + SOLD_OUT, statements(service, later) - idle);
        results.figure(Targets.STATEMENTS + REPEATED, statements(service, repeated) - idle);
        results.note("SQL statements a second of two instances while nobody asks: %.1f.".formatted(idle));
    }

    /** A measurement of its own, because the server's log, which counts the statements, slows it down. */
    private double statements(Candidate candidate, Sale sale) throws Exception {
        return bench.statementsPerSecond(() -> Load.closed(candidate, sale, plan.fewClients(), COUNTED, plan.most()));
    }

    /** Measures with an open snapshot, as during {@code pg_dump}: old versions of the inventory's row cannot be removed. */
    private void snapshot() throws Exception {
        for (int round = 0; round < plan.rounds() && timeIsLeft("an open snapshot"); round++) {
            results.add(
                    new Line(Part.SNAPSHOT, Targets.NO_SNAPSHOT, 0),
                    closed(bench.inProcess(), plan.manyClients(), plan.run()));
            try (Connection _ = bench.database().snapshot()) {
                results.add(
                        new Line(Part.SNAPSHOT, Targets.SNAPSHOT, 0),
                        closed(bench.inProcess(), plan.manyClients(), plan.run()));
            }
        }
    }

    /** Repeats the measurement with filled tables. Empty tables are measured just before, not at the beginning. */
    private void filled() throws Exception {
        templates.empty();
        measureFilled(Targets.EMPTY, 0);
        for (Map.Entry<Before, Templates.Filling> filling : fillings.entrySet()) {
            long begin = System.nanoTime();
            Duration left = plan.limit().minusNanos(begin - begun);
            if (!left.isPositive()) {
                results.note("Left out, because the time was over: "
                        + filling.getKey().words() + ".");
                return;
            }
            templates.empty();
            int rows = filling.getValue().add(0, plan.filled(), left);
            results.note("Filled up to %,d registrations (%,d were wanted) %s, in %.0f s; the database has %.1f GB."
                    .formatted(
                            rows,
                            plan.filled(),
                            filling.getKey().words(),
                            (System.nanoTime() - begin) / 1e9,
                            bench.database().databaseBytes() / 1e9));
            measureFilled(filling.getKey().words(), rows);
        }
    }

    private void measureFilled(String which, int rows) throws Exception {
        for (int round = 0; round < plan.rounds(); round++) {
            // Uses keys that no earlier measurement has used.
            long first = NUMBERS * ++filledRuns;
            Sale fresh = new Sale(filled.slug(), n -> first + n);
            results.add(
                    new Line(Part.FILLED, which, rows),
                    bench.measured(
                            fresh,
                            () -> Load.closed(bench.inProcess(), fresh, plan.manyClients(), plan.run(), plan.most())));
        }
    }

    private Measured closed(Candidate candidate, int clients, Duration length) throws Exception {
        Sale sale = bench.sale("closed", Bench.MANY);
        return bench.measured(sale, () -> Load.closed(candidate, sale, clients, length, plan.most()));
    }

    private Measured closed(Candidate candidate, Sale sale, int clients) throws Exception {
        return bench.measured(sale, () -> Load.closed(candidate, sale, clients, plan.run(), plan.most()));
    }

    private Measured open(Candidate candidate, double perSecond) throws Exception {
        return open(candidate, perSecond, plan.run());
    }

    private Measured open(Candidate candidate, double perSecond, Duration length) throws Exception {
        Sale sale = bench.sale("open", Bench.MANY);
        return bench.measured(sale, () -> Load.open(candidate, sale, perSecond, length));
    }

    private Measured pgbench(int connections, Duration length) throws Exception {
        Sale sale = bench.sale("pgbench", Bench.MANY);
        bench.withQuotas(sale);
        return bench.measured(sale, () -> pgbench.orElseThrow().run(sale, connections, length));
    }
}
