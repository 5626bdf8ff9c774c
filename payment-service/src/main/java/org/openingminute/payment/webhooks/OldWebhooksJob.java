package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.time.Duration;
import org.openingminute.kit.runtime.BatchedMaintenance;
import org.openingminute.kit.runtime.PollingJob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Deletes the bodies of webhooks, which name payers, once their retention has ended. Runs every ten minutes. */
@Component
final class OldWebhooksJob extends PollingJob {

    private static final Logger log = LoggerFactory.getLogger(OldWebhooksJob.class);
    private static final Duration EVERY = Duration.ofMinutes(10);
    /** Pause after each full step, which leaves the disk to other work. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final WebhookRepository messages;
    private final Clock clock;
    /** The number of bodies deleted in this run so far. */
    private int dropped;

    OldWebhooksJob(WebhookRepository messages, Clock clock) {
        super("old-webhooks", EVERY);
        this.messages = messages;
        this.clock = clock;
    }

    @Override
    protected boolean work() throws InterruptedException {
        int step = messages.dropBodies(clock.instant(), BatchedMaintenance.ROWS);
        dropped += step;
        if (step == BatchedMaintenance.ROWS) {
            Thread.sleep(PAUSE);
            return true;
        }
        if (dropped > 0) {
            log.info("Dropped the bodies of {} old webhooks", dropped);
        }
        dropped = 0;
        return false;
    }
}
