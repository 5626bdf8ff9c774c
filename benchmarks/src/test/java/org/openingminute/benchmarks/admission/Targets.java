package org.openingminute.benchmarks.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.openingminute.benchmarks.Target;
import org.openingminute.benchmarks.admission.Results.Line;
import org.openingminute.benchmarks.admission.Results.Part;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.Measured;
import org.openingminute.local.page.Spread;

/** Compares the measurements with admission's targets. */
final class Targets {

    static final String NAIVE = "naive transaction, JDBC";
    static final String IN_PROCESS = "admission, in process";
    static final String BOUNDED = "admission, in process, with bounds";
    static final String SERVICE = "registration-service, HTTP";
    static final String SERVICE_NO_OP = "registration-service, no-op";
    static final String SERVICE_POST = "registration-service, no-op POST";
    static final String NO_SNAPSHOT = "no snapshot open";
    static final String SNAPSHOT = "a snapshot open";
    static final String EMPTY = "none";
    static final String GATEWAY = "gateway, HTTP";
    static final String GATEWAY_NO_OP = "gateway, no-op";

    /** The prefix of the names of these figures. */
    static final String STATEMENTS = "SQL statements a second more than while nobody asks: ";

    static final String REFUSAL_MICROS = "a refusal, µs of registration-service's processor time";

    private static final double MOST_STATEMENTS = 1;
    /** By number of clients: few, many. */
    private static final double[] TIMES_NAIVE = {14, 16};

    private static final double TIMES_NAIVE_STRETCH = 20;
    private static final double BOUNDED_OF_UNBOUNDED = 0.9;
    private static final double HTTP_TIMES_NAIVE = 6;
    private static final double HTTP_OF_NO_OP = 0.6;
    private static final double CALM_OF_NAIVE = 0.1;
    private static final double OF_PEAK = 0.95;
    private static final double OF_WHAT_REFUSALS_LEAVE = 0.9;
    private static final double OVERLOADED_TIMES_NAIVE = 4;
    private static final double MICROS_OF_REFUSAL = 30;
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
        bounds();
        calm();
        sweep(IN_PROCESS).ifPresent(most -> overloaded(IN_PROCESS, most, OF_PEAK, ""));
        sweep(SERVICE).ifPresent(this::overloadedOverHttp);
        refusals();
        filled();
        return all;
    }

    /** Returns the faster of the two naive candidates. */
    Line naive(double clients) {
        Line jdbc = new Line(Part.CLOSED, NAIVE, clients);
        Optional<Line> pgbench = results.line(Part.CLOSED, Pgbench.NAME, clients);
        return pgbench.filter(
                        line -> results.median(line, Measured::perSecond) > results.median(jdbc, Measured::perSecond))
                .orElse(jdbc);
    }

    private void throughput() {
        for (int i = 0; i < plan.clients().size(); i++) {
            int clients = plan.clients().get(i);
            double times = results.ratio(
                            new Line(Part.CLOSED, IN_PROCESS, clients), naive(clients), Measured::perSecond)
                    .median();
            double wanted = TIMES_NAIVE[Math.min(i, TIMES_NAIVE.length - 1)];
            all.add(new Target(
                    "throughput of admission in process, as a multiple of the faster naive transaction, %d clients"
                            .formatted(clients),
                    Spread.number(times),
                    "≥ %s, ideally %s".formatted(Spread.number(wanted), Spread.number(TIMES_NAIVE_STRETCH)),
                    times >= wanted));
        }
        int clients = plan.fewClients();
        Line service = new Line(Part.CLOSED, SERVICE, clients);
        double overNaive =
                results.ratio(service, naive(clients), Measured::perSecond).median();
        double ofNoOp = results.ratio(service, new Line(Part.CLOSED, SERVICE_POST, clients), Measured::perSecond)
                .median();
        all.add(new Target(
                "throughput of registration-service, as a multiple of the faster naive transaction, %d clients"
                        .formatted(clients),
                "%s, and %s of the no-op POST".formatted(Spread.number(overNaive), Spread.number(ofNoOp)),
                "≥ %s, or %s of the no-op POST".formatted(Spread.number(HTTP_TIMES_NAIVE), HTTP_OF_NO_OP),
                overNaive >= HTTP_TIMES_NAIVE || ofNoOp >= HTTP_OF_NO_OP));
    }

    private void bounds() {
        for (int clients : plan.clients()) {
            atLeast(
                    "throughput of admission in process with bounds on unpaid seats, as a share of that without, %d clients"
                            .formatted(clients),
                    results.ratio(
                                    new Line(Part.CLOSED, BOUNDED, clients),
                                    new Line(Part.CLOSED, IN_PROCESS, clients),
                                    Measured::perSecond)
                            .median(),
                    BOUNDED_OF_UNBOUNDED);
        }
    }

    private void calm() {
        List<Line> naive = results.lines(
                line -> line.part() == Part.CALM && line.candidate().equals(NAIVE));
        List<Line> ours = results.lines(
                line -> line.part() == Part.CALM && line.candidate().equals(IN_PROCESS));
        if (!naive.isEmpty() && !ours.isEmpty()) {
            atMost(
                    "p99 of admission in process, as a share of naive's, at 90 % of naive's capacity",
                    results.ratio(ours.getFirst(), naive.getFirst(), one -> one.millis(99))
                            .median(),
                    CALM_OF_NAIVE);
        }
    }

    /** Returns the line with the highest load. */
    private Optional<Line> sweep(String candidate) {
        return results
                .lines(line -> line.part() == Part.SWEEP && line.candidate().equals(candidate))
                .stream()
                .reduce((_, later) -> later);
    }

    /** @param why the reason for this part of the peak, which follows the number */
    private void overloaded(String candidate, Line most, double ofPeak, String why) {
        double peak = results
                .lines(line -> line.part() == Part.SWEEP && line.candidate().equals(candidate))
                .stream()
                .mapToDouble(line -> results.median(line, Measured::perSecond))
                .max()
                .orElseThrow();
        double is = over(results.median(most, Measured::perSecond), peak);
        String load = load(most);
        all.add(new Target(
                "throughput of " + load + ", as a share of its peak",
                Spread.number(is),
                "≥ " + Spread.number(ofPeak) + why,
                is >= ofPeak));
        if (results.median(most, Measured::refused) > 0) {
            atMost(
                    "p99 of refusals after sending, in ms, of " + load,
                    results.median(most, one -> one.refusedMillis(99)),
                    REFUSED_WITHIN);
        }
    }

    private static String load(Line most) {
        return "%s at %s times its capacity".formatted(most.candidate(), Spread.number(most.load()));
    }

    /** Reading and refusing excess requests uses processor time: at L times the capacity, (1 - Lρ) / (1 - ρ) of it remains. */
    private void overloadedOverHttp(Line most) {
        double refusal = results.figures().getOrDefault(REFUSAL_MICROS, 0.0);
        double ofOne = over(refusal, registrationMicros(refusal));
        double left = (1 - most.load() * ofOne) / (1 - ofOne);
        overloaded(
                SERVICE,
                most,
                Math.max(0, OF_WHAT_REFUSALS_LEAVE * left),
                ", as a refusal costs %s of a registration".formatted(Spread.number(ofOne)));
        atLeast(
                "throughput of " + load(most) + ", as a multiple of the faster naive transaction",
                over(
                        results.median(most, Measured::perSecond),
                        results.median(naive(plan.fewClients()), Measured::perSecond)),
                OVERLOADED_TIMES_NAIVE);
        if (refusal > 0) {
            atMost(REFUSAL_MICROS, refusal, MICROS_OF_REFUSAL);
        }
    }

    /** Returns the processor time of all parts for a registration, at the highest load below the capacity. */
    private double registrationMicros(double refusal) {
        Line line = results.lines(
                        one -> one.part() == Part.SWEEP && one.candidate().equals(SERVICE) && one.load() <= 1)
                .getLast();
        return results.median(
                line,
                one -> (Cpu.PARTS.stream().mapToDouble(one::used).sum() * 1e6 - one.refused() * refusal)
                        / Math.max(1, one.answers()));
    }

    private void refusals() {
        for (Line line : results.lines(
                line -> line.part() == Part.NO && !line.candidate().equals(SERVICE_NO_OP))) {
            atLeast(
                    "answers of %s, as a share of the no-op's, %.0f clients".formatted(line.candidate(), line.load()),
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
        results.line(Part.SNAPSHOT, SNAPSHOT, 0)
                .ifPresent(line -> atLeast(
                        "throughput with a snapshot open, as a share of that without",
                        results.ratio(line, new Line(Part.SNAPSHOT, NO_SNAPSHOT, 0), Measured::perSecond)
                                .median(),
                        FILLED_OF_EMPTY));
        for (Line line : results.lines(line -> line.part() == Part.FILLED && line.load() > 0)) {
            atLeast(
                    "throughput with %,.0f registrations %s, as a share of that with none"
                            .formatted(line.load(), line.candidate()),
                    results.ratio(line, new Line(Part.FILLED, EMPTY, 0), Measured::perSecond)
                            .median(),
                    FILLED_OF_EMPTY);
        }
    }

    /** Avoids a division by zero, because a smoke run may not complete anything. */
    private static double over(double above, double below) {
        return above / Math.max(1e-9, below);
    }

    private void atLeast(String what, double is, double least) {
        all.add(Target.atLeast(what, is, least));
    }

    private void atMost(String what, double is, double most) {
        all.add(Target.atMost(what, is, most));
    }
}
