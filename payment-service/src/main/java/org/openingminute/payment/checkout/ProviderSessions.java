package org.openingminute.payment.checkout;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Opens sessions at providers and applies what providers report of them. */
@Component
public final class ProviderSessions {

    private static final Logger log = LoggerFactory.getLogger(ProviderSessions.class);

    /**
     * Providers forget keys after a day. Long before that, a session is looked up by its key instead of opened again.
     */
    static final Duration KEYS_ARE_TRUSTED_FOR = Duration.ofHours(12);

    private final Payments payments;
    private final SessionRepository sessions;
    private final Clock clock;

    ProviderSessions(Payments payments, SessionRepository sessions, Clock clock) {
        this.payments = payments;
        this.sessions = sessions;
        this.clock = clock;
    }

    /**
     * Opens a session whose intent is saved, and saves the answer. Must not be called inside a transaction.
     *
     * @throws SessionRefused if the provider refuses the session, which has then ended
     * @throws KeySpent if the session can no longer be opened with its key; it has then ended, too, and the next
     *     attempt has a new key
     */
    Payments.Change open(PaymentProvider provider, Payment payment, Session session) {
        ProviderSession answer;
        try {
            answer = fetch(provider, payment, session);
        } catch (SessionRefused e) {
            log.warn(
                    "{} refused a session for registration {}: {}",
                    provider.name(),
                    payment.registration(),
                    e.getMessage());
            payments.apply(payment.registration(), new PaymentTrigger.SessionEnded(session.id()));
            throw e;
        } catch (KeySpent e) {
            log.error(
                    "{} can no longer open a session for registration {}, the next attempt gets a new key: {}",
                    provider.name(),
                    payment.registration(),
                    e.getMessage());
            // The session may have been opened, but nobody has its address, unless another call got it for a payer.
            payments.apply(
                    payment.registration(),
                    new PaymentTrigger.SessionEnded(session.id()),
                    now -> !isNamed(now, session));
            throw e;
        }
        return payments.apply(
                payment.registration(), new PaymentTrigger.SessionOpened(session.id(), answer.id(), answer.url()));
    }

    private static boolean isNamed(Payment payment, Session session) {
        return payment.sessions().stream()
                .anyMatch(now -> now.id().equals(session.id()) && now.providerSession() != null);
    }

    private ProviderSession fetch(PaymentProvider provider, Payment payment, Session session) {
        SessionOrder order = new SessionOrder(
                session.id(),
                session.amount(),
                Objects.requireNonNull(payment.request(), "a session is for a request")
                        .body(),
                session.requestedAt());
        if (clock.instant().isAfter(session.requestedAt().plus(KEYS_ARE_TRUSTED_FOR))) {
            return provider.opened(session.id()).orElseGet(() -> provider.open(order));
        }
        return provider.open(order);
    }

    /** Makes the check of these registrations' open sessions due now, because the provider lists a payment for them. */
    public void checkSoon(PaymentProvider provider, Collection<UUID> registrations) {
        sessions.checkSoon(provider.name(), registrations, clock.instant());
    }

    /**
     * Applies a provider's report, whichever way and however often it came.
     *
     * @throws org.openingminute.payment.lifecycle.NotReady if it is about something that has not arrived
     */
    public void apply(ProviderEvents reported) {
        reported.triggers().forEach(trigger -> payments.apply(reported.registration(), trigger));
    }
}
