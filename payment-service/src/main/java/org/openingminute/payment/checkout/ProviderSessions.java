package org.openingminute.payment.checkout;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.openingminute.payment.bookkeeping.Payments;
import org.openingminute.payment.payment.Act;
import org.openingminute.payment.payment.Payment;
import org.openingminute.payment.payment.Session;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.SessionOrder;
import org.springframework.stereotype.Component;

/**
 * What passes between us and a provider about a session: asking for it, and taking in what is told of it. Safe for use by all
 * threads.
 */
@Component
public final class ProviderSessions {

    /** Providers forget keys after a day; long before that we ask what became of one. */
    static final Duration KEYS_ARE_TRUSTED_FOR = Duration.ofHours(12);

    private final Payments payments;
    private final Clock clock;

    ProviderSessions(Payments payments, Clock clock) {
        this.payments = payments;
        this.clock = clock;
    }

    /** Asks for a session whose intent is saved, and saves the answer. Never inside a transaction. */
    Payments.Change open(PaymentProvider provider, Payment payment, Session session) {
        ProviderSession answer = ask(provider, payment, session);
        return payments.apply(payment.registration(), new Act.SessionOpened(session.id(), answer.id(), answer.url()));
    }

    private ProviderSession ask(PaymentProvider provider, Payment payment, Session session) {
        SessionOrder order = new SessionOrder(
                session.id(),
                session.amount(),
                Objects.requireNonNull(payment.demand(), "a session is for a request")
                        .request());
        if (clock.instant().isAfter(session.askedAt().plus(KEYS_ARE_TRUSTED_FOR))) {
            return provider.opened(session.id()).orElseGet(() -> provider.open(order));
        }
        return provider.open(order);
    }

    /**
     * Applies what a provider tells of a session, however it came to us and however often.
     *
     * @throws org.openingminute.payment.payment.NotYet if it tells of something that has not arrived
     */
    public void apply(ProviderSession told) {
        for (Act act : told.happened()) {
            payments.apply(told.registration(), act);
        }
        if (told.over()) {
            payments.apply(told.registration(), new Act.SessionEnded(told.key()));
        }
    }
}
