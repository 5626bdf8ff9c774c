package org.openingminute.registration.admission;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.registration.admission.BatchRun.CommitFailure;
import org.openingminute.registration.admission.RefusalCache.RefusalMetrics;
import org.springframework.stereotype.Component;

/** Metrics of the admission batches; the names are in {@code docs/metrics.md}. */
@Component
class AdmissionMetrics {

    private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256};
    private static final Duration[] TIMES = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final DistributionSummary size;
    private final Timer wait;
    private final Timer commit;
    private final Counter shed;
    private final Counter gap;
    private final Counter clockSetBacks;
    private final Map<ProblemCode, Counter> refusals = new HashMap<>();

    AdmissionMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.size = DistributionSummary.builder("admission.batch.size")
                .description("Commands decided in one batch")
                .serviceLevelObjectives(SIZES)
                .register(registry);
        this.wait = Timer.builder("admission.queue.wait")
                .description("From the queueing of a command to the begin of its batch")
                .serviceLevelObjectives(TIMES)
                .register(registry);
        this.commit = Timer.builder("admission.batch.time")
                .description("A batch's transaction, from its begin to its commit, the wait for the lock included")
                .serviceLevelObjectives(TIMES)
                .register(registry);
        RefusalMetrics.REASONS.forEach(code -> refusals.put(code, refusals(code, "batch")));
        for (CommitFailure why : CommitFailure.values()) {
            failures(why);
        }
        this.shed = refusals(CommonProblem.UNAVAILABLE, "shed");
        this.gap = refusals(CommonProblem.UNAVAILABLE, "gap");
        this.clockSetBacks = Counter.builder("admission.clock.set.backs")
                .description("Batches that took the database's clock again, because the one before was ahead of it")
                .register(registry);
    }

    private Counter refusals(ProblemCode code, String by) {
        return Counter.builder(RefusalMetrics.NAME)
                .description(RefusalMetrics.DESCRIPTION)
                .tags("reason", code.wireName(), "by", by)
                .register(registry);
    }

    /** Publishes how many commands are queued in this instance, and how many requests for seats may wait. */
    void watch(Collection<AdmissionQueue> queues, WaitingLimit limit) {
        registry.gauge("admission.waiting.limit", limit, WaitingLimit::now);
        registry.gauge(
                "admission.queue.depth",
                queues,
                all -> all.stream().mapToInt(AdmissionQueue::depth).sum());
    }

    void begins(int requests) {
        size.record(requests);
    }

    void waited(long nanos) {
        wait.record(nanos, TimeUnit.NANOSECONDS);
    }

    void committed(Duration took) {
        commit.record(took);
    }

    void refused(ProblemCode reason) {
        requireNonNull(refusals.get(reason)).increment();
    }

    /** Counts a refusal decided by a batch. Here "unavailable" means a seat that was freed a moment ago, and not a fault. */
    void decidedAgainst(ProblemCode reason) {
        if (reason == CommonProblem.UNAVAILABLE) {
            gap.increment();
        } else {
            refused(reason);
        }
    }

    /** Counts a request that was refused before any work, because too many requests are in progress or waiting. */
    void shed() {
        shed.increment();
    }

    void clockSetBack() {
        clockSetBacks.increment();
    }

    /** Counts a batch that failed to commit, or may have failed. */
    void again(CommitFailure reason) {
        failures(reason).increment();
    }

    private Counter failures(CommitFailure reason) {
        return registry.counter("admission.batch.failures", "reason", reason.label());
    }
}
