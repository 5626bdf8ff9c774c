package org.openingminute.payment.checkout;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Opens sessions at providers and applies providers' reports. */
@Component
public final class ProviderSessions {

    private static final Logger log = LoggerFactory.getLogger(ProviderSessions.class);

    /** How long an order for a session is repeated. Stripe accepts none that would end by itself within 30 minutes. */
    static final Duration REPEATED_FOR = ProviderSession.ENDS_BY_ITSELF_AFTER.minusMinutes(30);

    private final Payments payments;
    private final SessionRepository sessions;
    private final Clock clock;

    ProviderSessions(Payments payments, SessionRepository sessions, Clock clock) {
        this.payments = payments;
        this.sessions = sessions;
        this.clock = clock;
    }

    /**
     * Opens a session whose intent is saved, and saves the response. If an attempt had no response for an hour, it is not ordered again:
     * the session is looked up, and counts as ended if the provider does not find it, so that the next attempt uses a new key. Must not be
     * called inside a transaction.
     *
     * @throws SessionRefused if the provider refuses the session, which has then ended
     * @throws KeySpent if the session can no longer be opened with its key; it has then ended, too, and the next attempt uses a new key
     */
    Payments.Changed open(PaymentProvider provider, Payment payment, Session session) {
        ProviderSession answer;
        try {
            if (clock.instant().isBefore(session.requestedAt().plus(REPEATED_FOR))) {
                answer = provider.open(order(payment, session));
            } else {
                Optional<ProviderSession> found = lookedUp(provider, session);
                if (found.isEmpty()) {
                    log.warn(
                            "{} gave no answer about a session for registration {} for {} minutes, which has now ended",
                            provider.name(),
                            payment.registration(),
                            REPEATED_FOR.toMinutes());
                    return endUnlessNamed(payment, session);
                }
                answer = found.get();
            }
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
            endUnlessNamed(payment, session);
            throw e;
        }
        return payments.apply(
                payment.registration(), new PaymentTrigger.SessionOpened(session.id(), answer.id(), answer.url()));
    }

    /**
     * Ends a session whose address nobody has, although the provider may have opened it; keeps it if another call got its address for a
     * payer.
     */
    private Payments.Changed endUnlessNamed(Payment payment, Session session) {
        return payments.apply(
                payment.registration(), new PaymentTrigger.SessionEnded(session.id()), now -> !isNamed(now, session));
    }

    private static boolean isNamed(Payment payment, Session session) {
        return payment.sessions().stream()
                .anyMatch(now -> now.id().equals(session.id()) && now.providerSession() != null);
    }

    /** Looks a session up; empty if the provider rejects the call. A payment finds its registration without the lookup. */
    private static Optional<ProviderSession> lookedUp(PaymentProvider provider, Session session) {
        try {
            return provider.opened(session.id());
        } catch (CallRejected e) {
            log.warn("A session cannot be looked up: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static SessionOrder order(Payment payment, Session session) {
        return new SessionOrder(
                session.id(),
                session.amount(),
                Objects.requireNonNull(payment.request(), "a session is for a request")
                        .body(),
                session.requestedAt());
    }

    /** Reads the state of an opened session at the provider, and applies it. */
    void refresh(PaymentProvider provider, Session session) {
        String name = Objects.requireNonNull(session.providerSession(), "the provider has named this session");
        apply(provider.fetch(name).events());
    }

    /**
     * Makes the check of these registrations' open sessions due, because the provider lists a payment for them.
     *
     * @param since when the list was due; these sessions are checked before others and count as waiting since then
     */
    public void checkSoon(Collection<UUID> registrations, Instant since) {
        sessions.checkSoon(registrations, since, clock.instant());
    }

    /**
     * Applies a provider's report, however it arrived and however often.
     *
     * @throws org.openingminute.payment.lifecycle.NotReady if its subject has not arrived
     */
    public void apply(ProviderEvents reported) {
        if (!reported.triggers().isEmpty()) {
            payments.apply(reported.registration(), reported.triggers());
        }
    }
}
