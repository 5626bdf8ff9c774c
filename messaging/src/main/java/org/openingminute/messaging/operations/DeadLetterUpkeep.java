package org.openingminute.messaging.operations;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets the payloads of closed letters in time, because they may say who somebody is. An open letter keeps its own: it can
 * still be replayed. Safe for use by all threads and by several instances at once.
 */
final class DeadLetterUpkeep implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterUpkeep.class);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Duration EVERY = Duration.ofHours(1);

    private final DeadLetterRepository letters;
    private final ScheduledExecutorService upkeep = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("old-letters").factory());

    DeadLetterUpkeep(DeadLetterRepository letters) {
        this.letters = letters;
        var _ = upkeep.scheduleWithFixedDelay(this::forget, EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    /** What cannot be done now is done the next time. */
    void forget() {
        try {
            int forgotten = letters.forgetPayloads(KEPT);
            if (forgotten > 0) {
                log.info("Forgot the payloads of {} dead letters that are closed and old", forgotten);
            }
        } catch (RuntimeException e) {
            log.warn("Old dead letters could not be emptied, and are tried again: {}", e.toString());
        }
    }

    @Override
    public void close() {
        upkeep.shutdownNow();
    }
}
