package org.openingminute.messaging.operations;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the payloads of closed dead letters after a retention time, because they may contain personal data. An open dead letter keeps its
 * payload, because it can still be replayed. Every instance may run this.
 */
final class DeadLetterUpkeep implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterUpkeep.class);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Duration EVERY = Duration.ofHours(1);

    private final DeadLetterRepository deadLetters;
    private final ScheduledExecutorService upkeep = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("old-dead-letters").factory());

    DeadLetterUpkeep(DeadLetterRepository deadLetters) {
        this.deadLetters = deadLetters;
        var _ = upkeep.scheduleWithFixedDelay(this::forget, EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    /** Empties expired payloads. A failure is logged, and the work is retried the next time. */
    void forget() {
        try {
            int forgotten = deadLetters.forgetPayloads(KEPT);
            if (forgotten > 0) {
                log.info("Emptied the payloads of {} closed dead letters", forgotten);
            }
        } catch (RuntimeException e) {
            log.warn(
                    "The payloads of old dead letters could not be emptied, retrying later: {}",
                    RedactedException.types(e));
        }
    }

    @Override
    public void close() {
        upkeep.shutdownNow();
    }
}
