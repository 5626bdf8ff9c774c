package org.openingminute.benchmarks.relay;

import java.time.Duration;
import org.openingminute.benchmarks.Form;

/**
 * The size of the measurements.
 *
 * @param rounds rounds of each measurement; candidates take turns
 * @param warmAtMost longest warm-up of a candidate
 * @param backlog messages drained by the relay and by Kafka's producer tool
 * @param oneByOne messages drained by the loop with batches of one
 * @param inBatches messages drained by the loop with batches of a hundred
 * @param modulith messages drained by Spring Modulith
 * @param latency length of a latency measurement
 * @param endToEnd records sent by Kafka's end-to-end tool
 * @param pairs pairs of commit measurements with and without the relay
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

    /** Only checks that the benchmark works; its figures mean nothing. */
    private static final RelayPlan SMOKE =
            new RelayPlan(1, Duration.ZERO, 2_000, 50, 500, 50, Duration.ofSeconds(1), 100, 1, 2_000);

    /** A quick estimate. */
    private static final RelayPlan SMALL = new RelayPlan(
            3, Duration.ofSeconds(8), 50_000, 1_000, 10_000, 1_000, Duration.ofSeconds(3), 1_000, 4, 100_000);

    /** The complete measurement, whose figures are published. */
    private static final RelayPlan FULL = new RelayPlan(
            3, Duration.ofSeconds(40), 1_000_000, 5_000, 100_000, 10_000, Duration.ofSeconds(20), 5_000, 10, 1_000_000);

    static RelayPlan of(Form form) {
        return form.of(SMOKE, SMALL, FULL);
    }
}
