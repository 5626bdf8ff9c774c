package org.openingminute.benchmarks.relay;

import java.time.Duration;
import org.openingminute.benchmarks.Form;

/**
 * How much is measured.
 *
 * @param rounds how often each is measured, one candidate after the other
 * @param warmAtMost how long a candidate drains at most before it is measured
 * @param backlog messages that are drained, by the relay and by Kafka's producer tool
 * @param oneByOne messages that the loop of one drains
 * @param inBatches messages that the loop of a hundred drains
 * @param modulith messages that Spring Modulith drains
 * @param latency how long a measurement of latency lasts
 * @param endToEnd records that Kafka's end-to-end tool sends
 * @param pairs of measurements of the commit, with the relay and without
 * @param old messages that are cleaned up
 */
record RelayPlan(
        int rounds,
        Duration warmAtMost,
        int backlog,
        int oneByOne,
        int inBatches,
        int modulith,
        Duration latency,
        int endToEnd,
        int pairs,
        int old) {

    /** Whether the benchmark itself works; its figures mean nothing. */
    private static final RelayPlan SMOKE =
            new RelayPlan(1, Duration.ZERO, 2_000, 50, 500, 50, Duration.ofSeconds(1), 100, 1, 2_000);

    /** A look. */
    private static final RelayPlan SMALL = new RelayPlan(
            3, Duration.ofSeconds(8), 50_000, 1_000, 10_000, 1_000, Duration.ofSeconds(3), 1_000, 4, 100_000);

    /** The one whose figures are told. */
    private static final RelayPlan FULL = new RelayPlan(
            3, Duration.ofSeconds(40), 1_000_000, 5_000, 100_000, 10_000, Duration.ofSeconds(20), 5_000, 10, 1_000_000);

    static RelayPlan of(Form form) {
        return form.of(SMOKE, SMALL, FULL);
    }
}
