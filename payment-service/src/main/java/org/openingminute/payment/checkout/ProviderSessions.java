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

/**
 * What passes between us and a provider about a session: asking for it, and taking in what is told of it. Safe for use by all
 * threads.
 */
@Component
public final class ProviderSessions {

    private static final Logger log = LoggerFactory.getLogger(ProviderSessions.class);

    /** Providers forget keys after a day; long before that we ask what became of one. */
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
     * Asks for a session whose intent is saved, and saves the answer. Never inside a transaction.
     *
     * @throws SessionRefused if the provider does not take it; then it is over
     * @throws KeySpent if nothing comes of it any more; then it is over too, and the next attempt has a key of its own
     */
    Payments.Change open(PaymentProvider provider, Payment payment, Session session) {
        ProviderSession answer;
        try {
            answer = ask(provider, payment, session);
        } catch (SessionRefused e) {
            log.warn(
                    "{} refuses a session of registration {}: {}",
                    provider.name(),
                    payment.registration(),
                    e.getMessage());
            payments.apply(payment.registration(), new PaymentTrigger.SessionEnded(session.id()));
            throw e;
        } catch (KeySpent e) {
            log.error(
                    "{} opens no session of registration {} any more, the next attempt is another: {}",
                    provider.name(),
                    payment.registration(),
                    e.getMessage());
            // Nobody has the address of what may have been opened; unless another call was answered, and a payer has
            // it.
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

    private ProviderSession ask(PaymentProvider provider, Payment payment, Session session) {
        SessionOrder order = new SessionOrder(
                session.id(),
                session.amount(),
                Objects.requireNonNull(payment.demand(), "a session is for a request")
                        .request(),
                session.askedAt());
        if (clock.instant().isAfter(session.askedAt().plus(KEYS_ARE_TRUSTED_FOR))) {
            return provider.opened(session.id()).orElseGet(() -> provider.open(order));
        }
        return provider.open(order);
    }

    /** Has the open sessions of these registrations asked about now: the provider says that something was paid for them. */
    public void askAbout(PaymentProvider provider, Collection<UUID> registrations) {
        sessions.lookNow(provider.name(), registrations, clock.instant());
    }

    /**
     * Applies what a provider tells, however it came to us and however often.
     *
     * @throws org.openingminute.payment.lifecycle.NotReady if it tells of something that has not arrived
     */
    public void apply(ProviderEvents told) {
        told.acts().forEach(act -> payments.apply(told.registration(), act));
    }
}
