package org.openingminute.benchmarks.admission;

import java.time.Duration;
import java.util.List;
import org.openingminute.benchmarks.Form;

/**
 * How much is measured.
 *
 * @param rounds how often each is measured, one candidate after the other
 * @param run how long one measurement lasts
 * @param window of warming and of trying, until two in succession were not faster
 * @param warmAtMost when that ends in any case
 * @param most requests of one measurement, where the time does not end it sooner
 * @param clients closed loops of so many
 * @param connections of the naive transaction: each is tried, the best is used
 * @param loads of the open sweep, as parts of the capacity
 * @param filled registrations with which admission is measured again
 * @param limit after which no further part is begun
 * @param alone whether the services that only listen are stopped meanwhile
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

    /** Whether the benchmark itself works; its figures mean nothing. */
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

    /** A look. */
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

    /** The one whose figures are told. */
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

    /** At which candidates are compared. */
    int fewClients() {
        return clients.getFirst();
    }

    int manyClients() {
        return clients.getLast();
    }

    /** Of what is not compared with the naive transaction. */
    int fewRounds() {
        return Math.max(1, rounds / 2);
    }
}
