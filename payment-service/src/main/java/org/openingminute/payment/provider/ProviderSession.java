package org.openingminute.payment.provider;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentTrigger;

/**
 * A session as its provider reports it.
 *
 * @param id the provider's name for it
 * @param key our key
 * @param url where the payer pays
 * @param over whether it has ended, so that nothing can be paid in it any more
 * @param happened its events so far, oldest first; repeated ones have no further effect
 */
public record ProviderSession(
        String id, UUID key, UUID registration, URI url, boolean over, List<PaymentTrigger> happened) {

    /** The age at which a provider may end a session on its own. */
    public static final Duration ENDS_BY_ITSELF_AFTER = Duration.ofMinutes(90);

    public ProviderSession {
        happened = List.copyOf(happened);
    }

    /** Returns its events, including its end. */
    public ProviderEvents events() {
        if (!over) {
            return new ProviderEvents(registration, happened);
        }
        List<PaymentTrigger> triggers = new ArrayList<>(happened);
        triggers.add(new PaymentTrigger.SessionEnded(key));
        return new ProviderEvents(registration, triggers);
    }

    /**
     * A request for a session.
     *
     * @param key the attempt's key
     * @param request the payment request; the amount is the attempt's own
     * @param requestedAt when the attempt was saved; like everything else the same whenever the order is repeated
     */
    public record SessionOrder(UUID key, Money amount, PaymentRequest request, Instant requestedAt) {}
}
