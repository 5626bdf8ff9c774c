package org.openingminute.benchmarks.flow;

import static org.openingminute.local.page.Spread.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.openingminute.benchmarks.flow.FlowFigures.Line;
import org.openingminute.local.flow.Flow;
import org.openingminute.local.flow.FlowCounts;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.Generated;
import org.openingminute.local.flow.Reading;
import org.openingminute.local.flow.Step;
import org.openingminute.local.page.Spread;

/** Compares the measurements with the targets of two stages and of the goal; omits targets that the form does not measure. */
final class FlowTargets {

    /** The number of clients of most comparisons. */
    static final int CLIENTS = 32;

    private static final int MANY = 128;
    private static final int MOST = 512;
    /** The load at which delays are compared, as a part of the best rate: the first measured one above half. */
    private static final double PART = 0.6;

    private final FlowFigures figures;
    private final List<String> parts;
    private final List<Goal> all = new ArrayList<>();

    /** @param parts the measured system's parts */
    FlowTargets(FlowFigures figures, List<String> parts) {
        this.figures = figures;
        this.parts = parts;
    }

    /**
     * A figure with its targets.
     *
     * @param more whether a higher value is better
     * @param first the target of stage 1; {@code null} for none
     * @param second the target of stage 2, with all services working in batches; {@code null} for none
     */
    record Goal(
            String what,
            double is,
            boolean more,
            @Nullable Double first,
            @Nullable Double second,
            double goal) {

        /** Returns the furthest stage that is reached. */
        String holds() {
            return holds(goal) ? "goal" : holds(second) ? "stage 2" : holds(first) ? "stage 1" : "**not reached**";
        }

        private boolean holds(@Nullable Double wanted) {
            return wanted != null && (more ? is >= wanted : is <= wanted);
        }

        String wanted(@Nullable Double value) {
            return value == null ? "" : (more ? "≥ " : "≤ ") + number(value);
        }
    }

    List<Goal> all() {
        all.clear();
        median(Flow.CARD, CLIENTS, this::allCpu)
                .ifPresent(is -> atMost("card, %d clients: CPU ms".formatted(CLIENTS), is, 75.0, 30.0, 18));
        if (!figures.closed().isEmpty()) {
            atLeast("card: finished/s, best closed loop", figures.best(Flow.CARD), 25.0, 60.0, 100);
        }
        counts(1, new double[] {251, 105, 100}, new double[] {57, 34, 32});
        counts(CLIENTS, new double[] {0, 65, 60}, new double[] {0, 22, 20});
        counts(MANY, new double[] {0, 0, 40}, new double[] {0, 0, 13});
        counted(Flow.CARD, CLIENTS)
                .ifPresent(is -> atMost("card, %d clients: WAL kB".formatted(CLIENTS), is.wal() / 1e3, 50.0, 38.0, 28));
        median(Flow.FREE, CLIENTS, one -> one.generated().perSecond())
                .ifPresent(is -> atLeast("free, %d clients: finished/s".formatted(CLIENTS), is, null, null, 250));
        median(Flow.FREE, CLIENTS, one -> one.generated().drained())
                .ifPresent(is -> atMost("free, %d clients: last mail after s".formatted(CLIENTS), is, null, null, 5));
        median(Flow.FREE, CLIENTS, this::allCpu)
                .ifPresent(is -> atMost("free, %d clients: CPU ms".formatted(CLIENTS), is, null, null, 7));
        failures();
        cold();
        open();
        baseline();
        for (String database : FlowCounts.DATABASES) {
            Counts idle = figures.idle().counts();
            atMost(
                    "idle, %s: transactions/s".formatted(database),
                    idle.transactions(database) / idle.seconds(),
                    null,
                    null,
                    3);
        }
        atMost(
                "idle: CPU of all parts, ms/s",
                parts.stream()
                                .mapToDouble(part -> figures.idle().cpu().getOrDefault(part, 0.0))
                                .sum()
                        * 1000
                        / figures.idle().seconds(),
                null,
                null,
                50);
        List<FlowMeasured> availability = figures.reads().getOrDefault(Reading.AVAILABILITY, List.of());
        if (!availability.isEmpty()) {
            atMost(
                    "availability: CPU ms of the gateway",
                    spread(availability, one -> one.cpu().getOrDefault("gateway", 0.0)),
                    null,
                    null,
                    0.2);
        }
        return all;
    }

    /** @param statements targets of both stages and of the goal, 0 for none; {@code transactions} likewise */
    private void counts(int clients, double[] statements, double[] transactions) {
        String load = clients == 1 ? "alone" : clients + " clients";
        counted(Flow.CARD, clients).ifPresent(is -> {
            atMost(
                    "card, %s: statements".formatted(load),
                    is.statements(),
                    given(statements[0]),
                    given(statements[1]),
                    statements[2]);
            atMost(
                    "card, %s: transactions".formatted(load),
                    is.allTransactions(),
                    given(transactions[0]),
                    given(transactions[1]),
                    transactions[2]);
        });
    }

    private static @Nullable Double given(double value) {
        return value == 0 ? null : value;
    }

    private void failures() {
        for (int clients : List.of(MANY, MOST)) {
            for (Flow flow : Flow.values()) {
                rounds(flow, clients)
                        .ifPresent(rounds -> atMost(
                                "%s, %d clients: failed flows".formatted(flow.words(), clients),
                                rounds.stream()
                                        .mapToLong(one -> one.generated().failures())
                                        .sum(),
                                null,
                                null,
                                0));
            }
        }
        for (Flow flow : Flow.values()) {
            median(
                            flow,
                            MANY,
                            one -> 100.0
                                    * one.generated().repeated()
                                    / one.generated().all())
                    .ifPresent(
                            is -> atMost("%s, %d clients: 503, %%".formatted(flow.words(), MANY), is, null, null, 1));
        }
    }

    private void cold() {
        @Nullable Generated cold = figures.cold().orElse(null);
        if (cold != null) {
            median(Line.COLD.flow(), Line.COLD.clients(), one -> one.generated().perSecond())
                    .ifPresent(warm -> atLeast(
                            "card, %d clients: the first %.0f s over warm"
                                    .formatted(Line.COLD.clients(), cold.seconds()),
                            cold.perSecond() / warm,
                            null,
                            null,
                            0.7));
        }
    }

    private void open() {
        for (Flow flow : Flow.values()) {
            List<FlowMeasured> rounds = figures.rounds(Line.open(flow, PART));
            if (!rounds.isEmpty()) {
                atMost(
                        "%s, %.0f %% of the best: click → mail, p99 ms".formatted(flow.words(), PART * 100),
                        spread(rounds, one -> one.generated().millis(Step.MAIL, 99)),
                        null,
                        null,
                        FlowRun.PROVIDER_ANSWERS_AFTER.toMillis() + 250);
            }
        }
    }

    private void baseline() {
        figures.baseline()
                .forEach((flow, rounds) -> median(flow, CLIENTS, this::allCpu)
                        .ifPresent(is -> atMost(
                                "%s, %d clients: CPU over one process".formatted(flow.words(), CLIENTS),
                                is / spread(rounds, FlowTargets::oneCpu),
                                null,
                                null,
                                2.5)));
    }

    /** Returns the milliseconds of the single process and its database. */
    static double oneCpu(FlowMeasured measured) {
        return measured.cpu().getOrDefault(FlowRun.ONE_PROCESS, 0.0)
                + measured.cpu().getOrDefault(FlowRun.POSTGRES, 0.0);
    }

    /** Returns the milliseconds of all parts except the load generator. */
    double allCpu(FlowMeasured measured) {
        return parts.stream()
                .mapToDouble(part -> measured.cpu().getOrDefault(part, 0.0))
                .sum();
    }

    private Optional<Counts> counted(Flow flow, int clients) {
        return Optional.ofNullable(figures.counted().get(Line.closed(flow, clients)))
                .map(FlowMeasured::counts);
    }

    private Optional<List<FlowMeasured>> rounds(Flow flow, int clients) {
        return Optional.of(figures.rounds(Line.closed(flow, clients))).filter(rounds -> !rounds.isEmpty());
    }

    private Optional<Double> median(Flow flow, int clients, ToDoubleFunction<FlowMeasured> value) {
        return rounds(flow, clients).map(rounds -> spread(rounds, value));
    }

    private static double spread(List<FlowMeasured> rounds, ToDoubleFunction<FlowMeasured> value) {
        return Spread.of(rounds.stream().mapToDouble(value).toArray()).median();
    }

    private void atMost(String what, double is, @Nullable Double first, @Nullable Double second, double goal) {
        all.add(new Goal(what, is, false, first, second, goal));
    }

    private void atLeast(String what, double is, @Nullable Double first, @Nullable Double second, double goal) {
        all.add(new Goal(what, is, true, first, second, goal));
    }
}
