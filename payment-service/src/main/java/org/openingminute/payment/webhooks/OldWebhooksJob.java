package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.time.Duration;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.kit.runtime.Steps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Drops the bodies of webhooks, which name payers, once nobody looks into them any more: every ten minutes those that are due. */
@Component
final class OldWebhooksJob extends PollingJob {

    private static final Logger log = LoggerFactory.getLogger(OldWebhooksJob.class);
    private static final Duration EVERY = Duration.ofMinutes(10);
    /** After each full step: others have the disk as well. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final WebhookRepository messages;
    private final Clock clock;
    /** In this run so far. */
    private int dropped;

    OldWebhooksJob(WebhookRepository messages, Clock clock) {
        super("old-webhooks", EVERY);
        this.messages = messages;
        this.clock = clock;
    }

    @Override
    protected boolean work() throws InterruptedException {
        int step = messages.dropBodies(clock.instant(), Steps.ROWS);
        dropped += step;
        if (step == Steps.ROWS) {
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
