package org.openingminute.benchmarks.admission;

import java.time.Duration;
import java.util.List;
import org.openingminute.benchmarks.Form;

/**
 * The size of the measurements.
 *
 * @param rounds rounds of each measurement; candidates take turns
 * @param run length of a measurement
 * @param window length of a warm-up or trial window; warming ends when two windows in succession were not faster
 * @param warmAtMost longest warm-up
 * @param most maximum number of requests in a measurement
 * @param clients numbers of closed loops
 * @param connections numbers of connections of the naive transaction; the best one is used
 * @param loads loads of the open sweep, as parts of the capacity
 * @param filled number of filled-in registrations for the repeated measurement
 * @param limit time after which no further part begins
 * @param alone whether services that only read events are stopped meanwhile
 */
record Plan(
        int rounds,
        Duration run,
        Duration window,
        Duration warmAtMost,
        long most,
        List<Integer> clients,
        List<Integer> connections,
        List<Double> loads,
        int filled,
        Duration limit,
        boolean alone) {

    private static final List<Double> SWEEP = List.of(0.5, 0.9, 1.0, 2.0, 5.0);

    /** Only checks that the benchmark works; its figures mean nothing. */
    private static final Plan SMOKE = new Plan(
            1,
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(500),
            100,
            List.of(8),
            List.of(4),
            List.of(0.5),
            500,
            Duration.ofMinutes(1),
            false);

    /** A quick estimate. */
    private static final Plan SMALL = new Plan(
            2,
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(12),
            Long.MAX_VALUE,
            List.of(64, 512),
            List.of(4, 8, 16),
            SWEEP,
            50_000,
            Duration.ofMinutes(8),
            true);

    /** The complete measurement, whose figures are published. */
    private static final Plan FULL = new Plan(
            3,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Long.MAX_VALUE,
            List.of(64, 512),
            List.of(4, 8, 16, 32),
            SWEEP,
            10_000_000,
            Duration.ofMinutes(40),
            true);

    static Plan of(Form form) {
        return form.of(SMOKE, SMALL, FULL);
    }

    /** The number of clients for comparisons. */
    int fewClients() {
        return clients.getFirst();
    }

    int manyClients() {
        return clients.getLast();
    }

    /** The rounds of parts that are not compared with the naive transaction. */
    int fewRounds() {
        return Math.max(1, rounds / 2);
    }
}
