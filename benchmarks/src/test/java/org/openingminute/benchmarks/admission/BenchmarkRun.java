package org.openingminute.benchmarks.admission;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.benchmarks.admission.Results.Line;
import org.openingminute.benchmarks.admission.Results.Part;
import org.openingminute.local.load.Candidate;
import org.openingminute.local.load.Load;
import org.openingminute.local.load.Measured;
import org.openingminute.local.load.Sale;

/** The order in which everything is measured: the candidates take turns, so that each round meets the same machine. */
final class BenchmarkRun {

    /** Begins the names of such figures: registrations a second. */
    static final String CAPACITY = "capacity in the sweep: ";

    static final String SOLD_OUT = "registration-service, sold out";
    static final String REPEATED = "registration-service, repeated";

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    /** Much longer than a second: what is counted comes once a second. */
    private static final Duration COUNTED = Duration.ofSeconds(10);

    private static final int FEW_KEYS = 100;
    private static final int FEW_SEATS = 10;
    private static final long NUMBERS = 100_000_000;

    private final Bench bench;
    private final Plan plan;
    private final Results results = new Results();
    private final long begun = System.nanoTime();
    private final Templates templates;
    private final Map<Workload.Shape, UUID> kinds;
    private final Optional<Pgbench> pgbench;
    private int pgbenchConnections;
    private int filledRuns;

    BenchmarkRun(Bench bench, Plan plan, Path folder) throws Exception {
        this.bench = bench;
        this.plan = plan;
        this.templates = new Templates(bench.database());
        this.kinds = bench.kinds();
        this.pgbench = Pgbench.find(folder, bench.inside(), templates);
    }

    Results run() throws Exception {
        warmUp();
        tunePgbench();
        try (NaiveJdbc naive = tunedNaive()) {
            closedLoops(naive);
            naiveLoad(naive);
        }
        sweep(bench.inProcess());
        sweep(bench.service());
        refusals();
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
        if (plan.rounds() > 1) {
            Duration length = plan.run().compareTo(WARM_UP) < 0 ? plan.run() : WARM_UP;
            try (NaiveJdbc naive = bench.naive(plan.connections().getFirst())) {
                for (Candidate candidate : candidates(naive)) {
                    closed(candidate, plan.fewClients(), length);
                    closed(candidate, plan.manyClients(), length);
                }
            }
        }
        Sale sale = bench.sale("rows", Bench.MANY);
        bench.measured(
                sale,
                () -> Load.closed(bench.inProcess(), sale, plan.fewClients(), plan.run(), Math.min(2000, plan.most())));
        results.note("Rows per registration: "
                + bench.database().rowsPerRegistration(sale.slug()).entrySet().stream()
                        .map(table -> "%s %.2f".formatted(table.getKey(), table.getValue()))
                        .reduce((a, b) -> a + ", " + b)
                        .orElseThrow()
                + ".");
    }

    private List<Candidate> candidates(NaiveJdbc naive) {
        return List.of(
                naive,
                bench.inProcess(),
                bench.service(),
                bench.serviceDoingNothing(),
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
            tried.put(connections, pgbench(connections).perSecond());
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
                        closed(naive, plan.fewClients(), plan.run()).perSecond());
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
                    results.add(new Line(Part.CLOSED, Pgbench.NAME, clients), pgbench(pgbenchConnections));
                }
                for (Candidate candidate : candidates(naive)) {
                    results.add(
                            new Line(Part.CLOSED, candidate.name(), clients), closed(candidate, clients, plan.run()));
                }
            }
        }
    }

    /** Both at a load that the naive transaction only just bears. */
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
        double capacity = capacity(candidate);
        for (int round = 0; round < plan.fewRounds() && timeIsLeft("a sweep of " + candidate.name()); round++) {
            for (double load : plan.loads()) {
                results.add(new Line(Part.SWEEP, candidate.name(), load), open(candidate, load * capacity));
            }
        }
        results.figure(CAPACITY + candidate.name(), capacity);
    }

    /** Answers that change nothing, and how often the database is asked for them. */
    private void refusals() throws Exception {
        if (!timeIsLeft("sold-out and repeated answers")) {
            return;
        }
        HttpCandidate service = bench.service();
        Sale soldOut = bench.sale("sold-out", FEW_SEATS);
        bench.measured(soldOut, () -> Load.closed(service, soldOut, FEW_SEATS, Duration.ofSeconds(5), FEW_KEYS));
        Sale repeated = new Sale(bench.sale("repeated", Bench.MANY).slug(), n -> n % FEW_KEYS);
        bench.measured(repeated, () -> Load.closed(service, repeated, FEW_SEATS, Duration.ofSeconds(5), FEW_KEYS));
        // Requests of numbers that were not asked for yet.
        Sale later = new Sale(soldOut.slug(), n -> bench.workload().withoutVoucher(n + FEW_KEYS));
        // Code that nothing before has run is compiled first.
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

    /** Counted in a run of their own: the server's log, by which they are counted, slows it down. */
    private double statements(Candidate candidate, Sale sale) throws Exception {
        return bench.statementsPerSecond(() -> Load.closed(candidate, sale, plan.fewClients(), COUNTED, plan.most()));
    }

    /** The same with tables that have grown. Empty ones are measured just before, not at the beginning. */
    private void filled() throws Exception {
        UUID like = kinds.entrySet().iterator().next().getValue();
        Sale sale = bench.sale("filled", Bench.MANY);
        Templates.Filling filling = templates.filling(sale.slug(), like);
        templates.empty();
        measureFilled(0, sale);
        int rows = 0;
        for (int size : plan.filled()) {
            long begin = System.nanoTime();
            Duration left = plan.limit().minusNanos(begin - begun);
            int done = left.isPositive() ? filling.add(rows, size - rows, left) : 0;
            rows += done;
            results.note("Filled up to %,d registrations (%,d were wanted) in %.0f s; the database has %.1f GB."
                    .formatted(
                            rows,
                            size,
                            (System.nanoTime() - begin) / 1e9,
                            bench.database().databaseBytes() / 1e9));
            if (done > 0) {
                measureFilled(rows, sale);
            }
        }
    }

    private void measureFilled(int rows, Sale sale) throws Exception {
        for (int round = 0; round < plan.rounds(); round++) {
            // No key of an earlier measurement comes again.
            long first = NUMBERS * ++filledRuns;
            Sale fresh = new Sale(sale.slug(), n -> first + n);
            results.add(
                    new Line(Part.FILLED, bench.inProcess().name(), rows),
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
        Sale sale = bench.sale("open", Bench.MANY);
        return bench.measured(sale, () -> Load.open(candidate, sale, perSecond, plan.run()));
    }

    private Measured pgbench(int connections) throws Exception {
        Sale sale = bench.sale("pgbench", Bench.MANY);
        bench.withQuotas(sale);
        return bench.measured(sale, () -> pgbench.orElseThrow().run(sale, kinds, connections, plan.run()));
    }
}
