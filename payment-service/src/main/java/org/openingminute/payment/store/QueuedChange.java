package org.openingminute.payment.store;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.batch.BatchEntry;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.store.WebhookOutcomes.StoredWebhook;

/**
 * Triggers for one payment, in order.
 *
 * @param allowed tested under the payment's lock
 * @param command by whose id a repetition is recognised; {@code null} if the triggers themselves identify a repetition
 * @param webhook whose outcome is saved with the triggers; {@code null} if they came another way
 */
record QueuedChange(
        UUID registration,
        List<PaymentTrigger> triggers,
        Predicate<Payment> allowed,
        @Nullable Message command,
        @Nullable StoredWebhook webhook,
        Map<String, String> trace)
        implements BatchEntry {

    @Override
    public Set<String> keys() {
        return Set.of(registration.toString());
    }
}
