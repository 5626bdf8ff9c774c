package org.openingminute.payment.checkout;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.payment.PaymentProblem;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Sends a payer to the provider: saves the intent, calls the provider, and saves the outcome. */
@Component
final class Checkout {

    private static final Logger log = LoggerFactory.getLogger(Checkout.class);
    private static final int ROUNDS = 5;

    /** How long after the first call to the provider another call may begin. */
    static final Duration CALLS_BEGIN_WITHIN = Duration.ofSeconds(1);

    private final Payments payments;
    private final ProviderSessions atProvider;
    private final Providers providers;
    private final Clock clock;
    private final Ids ids;

    Checkout(Payments payments, ProviderSessions atProvider, Providers providers, Clock clock, Ids ids) {
        this.payments = payments;
        this.atProvider = atProvider;
        this.providers = providers;
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * The page on which the payer pays.
     *
     * @param expiresAt business time if seats are held, otherwise machine time
     * @param created whether this call created the session
     */
    record Place(URI url, Instant expiresAt, boolean created) {}

    /**
     * Returns the session in which a payment can be made: an open one, or a new one.
     *
     * @throws Problem 409 if it cannot be paid or the provider refuses it, 503 if the provider does not respond
     */
    Place placeFor(Payment known) {
        Payment payment = known;
        Calls calls = new Calls();
        // Another call or a new revision may intervene between two steps; the payment is then read again.
        for (int round = 0; round < ROUNDS; round++) {
            switch (payment.payability(clock.instant())) {
                case Payability.Not not ->
                    throw notPayable(not.why().reason(), not.why().sentence());
                case Payability.Already(Session session)
                when session.state() == Session.SessionState.OPEN -> {
                    if (!mayHaveEnded(session)) {
                        return place(payment, session, false);
                    }
                    calls.begin();
                    payment = refreshed(payment, session);
                    Session now = session(payment, session.id());
                    if (now != null && now.state() == Session.SessionState.OPEN) {
                        return place(payment, now, false);
                    }
                }
                case Payability.Already(Session session) -> {
                    calls.begin();
                    Payments.Changed change = opened(payment, session);
                    payment = change.after();
                    Session now = session(payment, session.id());
                    if (now != null && now.state() == Session.SessionState.OPEN) {
                        Session before = session(change.before(), session.id());
                        return place(payment, now, before != null && before.state() == Session.SessionState.OPENING);
                    }
                }
                case Payability.Yes ignored ->
                    payment = payments.apply(
                                    payment.registration(),
                                    new PaymentTrigger.SessionWanted(
                                            ids.next(), providerFor(payment).name(), clock.instant()))
                            .after();
            }
        }
        throw unavailable();
    }

    /** Limits repeated calls to the provider, so that the payer gets a response before the gateway's time-out. */
    private static final class Calls {

        private @Nullable Long begunAt;

        void begin() {
            long now = System.nanoTime();
            if (begunAt == null) {
                begunAt = now;
            } else if (now - begunAt > CALLS_BEGIN_WITHIN.toNanos()) {
                throw unavailable();
            }
        }
    }

    /** Whether the session may have ended: providers end sessions on their own, and the report may be lost or late. */
    private boolean mayHaveEnded(Session session) {
        return !clock.instant().isBefore(session.requestedAt().plus(ProviderSession.ENDS_BY_ITSELF_AFTER));
    }

    private Payment refreshed(Payment payment, Session session) {
        try {
            atProvider.refresh(provider(session), session);
        } catch (ProviderUnavailable e) {
            log.debug("An old session could not be checked: {}", e.getMessage());
            throw unavailable();
        }
        return payments.find(payment.registration()).orElseThrow();
    }

    private PaymentProvider provider(Session session) {
        return providers
                .named(session.provider())
                .orElseThrow(() -> notPayable("provider-missing", "Payment is not possible at the moment."));
    }

    private Payments.Changed opened(Payment payment, Session session) {
        try {
            return atProvider.open(provider(session), payment, session);
        } catch (ProviderUnavailable | KeySpent e) {
            log.debug("A session could not be opened: {}", e.getMessage());
            throw unavailable();
        } catch (SessionRefused _) {
            throw notPayable(
                    "provider-refuses",
                    "The card provider does not accept this payment. Please contact the organisers.");
        }
    }

    private PaymentProvider providerFor(Payment payment) {
        ReceivedRequest request = Objects.requireNonNull(payment.request(), "a payable payment has a request");
        return request.body().method() == PaymentRequest.Method.INVOICE
                ? providers.forTransfers()
                : providers.forCards().orElseThrow(() -> notPayable("no-cards", "Card payment is not offered here."));
    }

    private static @Nullable Session session(Payment payment, UUID id) {
        return payment.sessions().stream()
                .filter(session -> session.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    private static Place place(Payment payment, Session session, boolean created) {
        ReceivedRequest request = Objects.requireNonNull(payment.request(), "a session is for a request");
        Instant business = request.expiresAt();
        return new Place(
                Objects.requireNonNull(session.url(), "an open session has an address"),
                business == null ? request.sessionsEndAt() : business,
                created);
    }

    private static Problem notPayable(String reason, String sentence) {
        return new Problem(PaymentProblem.NOT_PAYABLE, sentence).because(reason);
    }

    private static Problem unavailable() {
        return Problem.unavailable("The card provider is not responding at the moment. Please try again.")
                .because("provider-silent");
    }
}
