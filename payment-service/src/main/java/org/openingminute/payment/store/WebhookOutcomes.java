package org.openingminute.payment.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Saves the outcomes of stored webhooks, in the transaction of their payments. */
public interface WebhookOutcomes {

    /** A provider's webhook that is stored and not applied yet. */
    record StoredWebhook(String provider, String eventId, Instant receivedAt) {}

    enum WebhookResult {
        APPLIED,
        /** Its type concerns no payment, so only its id is kept. */
        IRRELEVANT,
        /** Its subject has not arrived yet. */
        WAITS,
        FAILED
    }

    /**
     * The outcome of a webhook.
     *
     * @param problem why it could not be applied
     */
    record WebhookOutcome(
            StoredWebhook webhook,
            WebhookResult result,
            @Nullable String problem) {}

    void note(List<WebhookOutcome> outcomes);
}
