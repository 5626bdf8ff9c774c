package org.openingminute.messaging.batch;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The metrics of one queue, documented in {@code docs/metrics.md}. */
final class BatchMetrics {

    private static final String QUEUE = "queue";
    private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256};
    private static final Duration[] TIMES = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final String queue;
    private final DistributionSummary size;
    private final Timer wait;
    private final Timer commit;

    BatchMetrics(MeterRegistry registry, String queue, Supplier<Number> depth) {
        this.registry = registry;
        this.queue = queue;
        this.size = DistributionSummary.builder("messaging.batch.size")
                .description("Entries committed in one batch")
                .tag(QUEUE, queue)
                .serviceLevelObjectives(SIZES)
                .register(registry);
        this.wait = Timer.builder("messaging.batch.wait")
                .description("From the queueing of an entry to the begin of the transaction that committed it")
                .tag(QUEUE, queue)
                .serviceLevelObjectives(TIMES)
                .register(registry);
        this.commit = Timer.builder("messaging.batch.time")
                .description("A batch's transaction, from its begin to its commit")
                .tag(QUEUE, queue)
                .serviceLevelObjectives(TIMES)
                .register(registry);
        Gauge.builder("messaging.batch.waiting", depth)
                .description("Entries that wait for a batch")
                .tag(QUEUE, queue)
                .register(registry);
        // An alert on growth notices the first failure only if the counter had been reported as 0 before.
        for (CommitFailure why : CommitFailure.values()) {
            registry.counter("messaging.batch.failures", QUEUE, queue, "reason", why.label());
        }
    }

    void committed(int entries, Duration time) {
        size.record(entries);
        commit.record(time);
    }

    void waited(Duration time) {
        wait.record(time);
    }

    void failed(CommitFailure why) {
        registry.counter("messaging.batch.failures", QUEUE, queue, "reason", why.label())
                .increment();
    }
}
