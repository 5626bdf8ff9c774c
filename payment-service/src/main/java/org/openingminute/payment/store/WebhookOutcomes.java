package org.openingminute.payment.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what became of stored webhooks, in the transaction of their payments. */
public interface WebhookOutcomes {

    /** A webhook of a provider that is stored and not applied yet. */
    record StoredWebhook(String provider, String eventId, Instant receivedAt) {}

    enum WebhookResult {
        APPLIED,
        /** It is of a type that concerns no payment, so its id alone is kept. */
        TELLS_NOTHING,
        /** Its subject has not arrived. */
        WAITS,
        FAILED
    }

    /**
     * What became of a webhook.
     *
     * @param problem why it could not be applied
     */
    record WebhookOutcome(
            StoredWebhook webhook,
            WebhookResult result,
            @Nullable String problem) {}

    void note(List<WebhookOutcome> outcomes);
}
