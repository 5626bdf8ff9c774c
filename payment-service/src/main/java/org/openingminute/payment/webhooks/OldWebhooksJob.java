package org.openingminute.payment.webhooks;

import java.time.Clock;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.kit.runtime.Steps;
import org.openingminute.messaging.DueWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Drops the bodies of webhooks, which name payers, once nobody looks into them any more. */
@Component
final class OldWebhooksJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(OldWebhooksJob.class);

    private final WebhookRepository messages;
    private final Clock clock;

    OldWebhooksJob(WebhookRepository messages, Clock clock) {
        super("old-webhooks");
        this.messages = messages;
        this.clock = clock;
    }

    @Override
    public String dueAt() {
        return WebhookRepository.BODY_DUE_AT;
    }

    @Override
    protected boolean work() {
        int dropped = messages.dropBodies(clock.instant(), Steps.ROWS);
        if (dropped > 0) {
            log.info("Dropped the bodies of {} old webhooks", dropped);
        }
        return dropped == Steps.ROWS;
    }
}
