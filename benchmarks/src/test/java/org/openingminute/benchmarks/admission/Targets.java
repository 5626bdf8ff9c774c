package org.openingminute.benchmarks.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.openingminute.benchmarks.Target;
import org.openingminute.benchmarks.admission.Results.Line;
import org.openingminute.benchmarks.admission.Results.Part;
import org.openingminute.local.load.Measured;
import org.openingminute.local.page.Spread;

/** What admission was made to reach, held against what was measured. */
final class Targets {

    static final String NAIVE = "naive transaction, JDBC";
    static final String IN_PROCESS = "admission, in process";
    static final String SERVICE = "registration-service, HTTP";
    static final String SERVICE_NO_OP = "registration-service, no-op";
    static final String GATEWAY = "gateway, HTTP";
    static final String GATEWAY_NO_OP = "gateway, no-op";

    /** Begins the names of such figures. */
    static final String STATEMENTS = "SQL statements a second more than while nobody asks: ";

    private static final double MOST_STATEMENTS = 1;
    private static final double TIMES_NAIVE = 20;
    private static final double HTTP_TIMES_NAIVE = 8;
    private static final double HTTP_OF_NO_OP = 0.6;
    private static final double CALM_OF_NAIVE = 0.1;
    private static final double OF_PEAK = 0.95;
    private static final double REFUSED_WITHIN = 50;
    private static final double NO_OF_NO_OP = 0.8;
    private static final double FILLED_OF_EMPTY = 0.9;

    private final Plan plan;
    private final Results results;
    private final List<Target> all = new ArrayList<>();

    Targets(Plan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    List<Target> all() {
        all.clear();
        throughput();
        calm();
        sweep(IN_PROCESS);
        sweep(SERVICE);
        refusals();
        filled();
        return all;
    }

    /** The faster of the two naive ones. */
    Line naive(double clients) {
        Line jdbc = new Line(Part.CLOSED, NAIVE, clients);
        Optional<Line> pgbench = results.line(Part.CLOSED, Pgbench.NAME, clients);
        return pgbench.filter(
                        line -> results.median(line, Measured::perSecond) > results.median(jdbc, Measured::perSecond))
                .orElse(jdbc);
    }

    private void throughput() {
        int clients = plan.fewClients();
        Line naive = naive(clients);
        atLeast(
                "admission in process over the naive transaction, %d clients".formatted(clients),
                results.ratio(new Line(Part.CLOSED, IN_PROCESS, clients), naive, Measured::perSecond)
                        .median(),
                TIMES_NAIVE);
        Line service = new Line(Part.CLOSED, SERVICE, clients);
        double overNaive = results.ratio(service, naive, Measured::perSecond).median();
        double ofNoOp = results.ratio(service, new Line(Part.CLOSED, SERVICE_NO_OP, clients), Measured::perSecond)
                .median();
        all.add(new Target(
                "registration-service over the naive transaction, %d clients (of its own no-op: %s)"
                        .formatted(clients, Spread.number(ofNoOp)),
                Spread.number(overNaive),
                "≥ %s, or %s of the no-op".formatted(Spread.number(HTTP_TIMES_NAIVE), HTTP_OF_NO_OP),
                overNaive >= HTTP_TIMES_NAIVE || ofNoOp >= HTTP_OF_NO_OP));
    }

    private void calm() {
        List<Line> naive = results.lines(
                line -> line.part() == Part.CALM && line.candidate().equals(NAIVE));
        List<Line> ours = results.lines(
                line -> line.part() == Part.CALM && line.candidate().equals(IN_PROCESS));
        if (!naive.isEmpty() && !ours.isEmpty()) {
            atMost(
                    "p99 of admission in process over naive's, at 90 % of naive's capacity",
                    results.ratio(ours.getFirst(), naive.getFirst(), one -> one.millis(99))
                            .median(),
                    CALM_OF_NAIVE);
        }
    }

    private void sweep(String candidate) {
        List<Line> lines = results.lines(
                line -> line.part() == Part.SWEEP && line.candidate().equals(candidate));
        if (lines.isEmpty()) {
            return;
        }
        Line most = lines.getLast();
        double peak = lines.stream()
                .mapToDouble(line -> results.median(line, Measured::perSecond))
                .max()
                .orElseThrow();
        String load = " of %s at %s times its capacity".formatted(candidate, Spread.number(most.load()));
        atLeast("done over the peak," + load, results.median(most, Measured::perSecond) / peak, OF_PEAK);
        if (results.median(most, Measured::refused) > 0) {
            atMost("p99 of refusals, ms," + load, results.median(most, one -> one.refusedMillis(99)), REFUSED_WITHIN);
        }
    }

    private void refusals() {
        for (Line line : results.lines(
                line -> line.part() == Part.NO && !line.candidate().equals(SERVICE_NO_OP))) {
            atLeast(
                    "%s over the no-op, %.0f clients".formatted(line.candidate(), line.load()),
                    results.ratio(line, new Line(Part.NO, SERVICE_NO_OP, line.load()), Measured::answersPerSecond)
                            .median(),
                    NO_OF_NO_OP);
        }
        results.figures().forEach((name, value) -> {
            if (name.startsWith(STATEMENTS)) {
                atMost(name, Math.max(0, value), MOST_STATEMENTS);
            }
        });
    }

    private void filled() {
        Line empty = new Line(Part.FILLED, IN_PROCESS, 0);
        for (Line line : results.lines(line -> line.part() == Part.FILLED && line.load() > 0)) {
            atLeast(
                    "with %,.0f registrations over with none".formatted(line.load()),
                    results.ratio(line, empty, Measured::perSecond).median(),
                    FILLED_OF_EMPTY);
        }
    }

    private void atLeast(String what, double is, double least) {
        all.add(Target.atLeast(what, is, least));
    }

    private void atMost(String what, double is, double most) {
        all.add(Target.atMost(what, is, most));
    }
}
