package org.openingminute.payment.checkout;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Completes sessions: finishes an opening that a crash interrupted, reads the state of open sessions at the provider, and ends sessions in
 * which the payer must no longer pay. A capture counts, whether in time or late.
 */
@Component
final class SessionJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(SessionJob.class);
    private static final Duration YOUNG = Duration.ofMinutes(2);
    private static final Duration PAUSE_OF_YOUNG = Duration.ofSeconds(30);
    private static final Duration PAUSE_OF_OLD = Duration.ofMinutes(5);
    private static final int AT_ONCE = 16;

    private final SessionRepository sessions;
    private final Payments payments;
    private final ProviderSessions atProvider;
    private final Providers providers;
    private final Clock clock;

    SessionJob(
            SessionRepository sessions,
            Payments payments,
            ProviderSessions atProvider,
            Providers providers,
            Clock clock) {
        super("sessions");
        this.sessions = sessions;
        this.payments = payments;
        this.atProvider = atProvider;
        this.providers = providers;
        this.clock = clock;
    }

    @Override
    public String dueAt() {
        return "select min(due_at) from payment_open where what = 'session'";
    }

    @Override
    protected boolean work() {
        List<SessionRepository.Claimed> claimed = sessions.claim(clock.instant(), AT_ONCE);
        if (claimed.isEmpty()) {
            return false;
        }
        Map<UUID, Payment> known = payments.find(
                claimed.stream().map(SessionRepository.Claimed::registration).toList());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            claimed.forEach(one -> threads.execute(() -> seeTo(one, known.get(one.registration()))));
        }
        return claimed.size() == AT_ONCE;
    }

    private void seeTo(SessionRepository.Claimed claimed, @Nullable Payment payment) {
        try {
            if (payment != null) {
                session(payment, claimed.id()).ifPresent(session -> seeTo(claimed, payment, session));
            }
        } catch (ProviderUnavailable e) {
            log.warn("A session is waiting for the provider: {}", e.getMessage());
        } catch (SessionRefused | KeySpent e) {
            log.info("A session ended before it was opened: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("Checking a session of registration {} failed", claimed.registration(), RedactedException.of(e));
        }
    }

    private void seeTo(SessionRepository.Claimed claimed, Payment payment, Session session) {
        try {
            seeTo(payment, session, claimed);
        } catch (CallRejected e) {
            log.warn("A session is waiting until the provider takes the call: {}", e.getMessage());
            sessions.backOff(claimed, nextAttempt(clock.instant(), session.requestedAt(), sessionsEndAt(payment)));
        }
    }

    private void seeTo(Payment payment, Session session, SessionRepository.Claimed claimed) {
        PaymentProvider provider = providers.named(session.provider()).orElse(null);
        if (provider == null) {
            log.error("A session is waiting for the provider {}, which is not configured", session.provider());
            return;
        }
        boolean wanted = payment.payability(clock.instant()) instanceof Payability.Already(Session payable)
                && payable.id().equals(session.id());
        if (!wanted && session.state() != Session.SessionState.ENDING) {
            Payment now = payments.apply(payment.registration(), new PaymentTrigger.TimeIsOver())
                    .after();
            if (session(now, session.id())
                    .filter(one -> one.state() == Session.SessionState.ENDING)
                    .isPresent()) {
                end(provider, now, session);
            }
            return;
        }
        switch (session.state()) {
            case OPENING -> {
                atProvider.open(provider, payment, session);
                checkAgain(payment, session, claimed);
            }
            case OPEN -> {
                atProvider.refresh(provider, session);
                checkAgain(payment, session, claimed);
            }
            case ENDING -> end(provider, payment, session);
            case ENDED, CAPTURED -> {}
        }
    }

    /** Ends a session. If it may have been opened without a response, it is first opened again with the same key, or looked up. */
    private void end(PaymentProvider provider, Payment payment, Session session) {
        String name = session.providerSession() != null
                ? session.providerSession()
                : session(atProvider.open(provider, payment, session).after(), session.id())
                        .map(Session::providerSession)
                        .orElse(null);
        if (name == null) {
            return; // it has ended: the provider does not know it, or has reported its end meanwhile
        }
        ProviderSession reported;
        try {
            reported = provider.end(name);
        } catch (ProviderUnavailable e) {
            reported = provider.fetch(name);
            log.info("A session could not be ended, so its state was read: {}", e.getMessage());
        }
        atProvider.apply(reported.events());
    }

    /**
     * Returns the pause before an open session is checked again, or any session after the provider rejected a call. Payers mostly pay soon,
     * and most sessions are old. With some hundreds of open sessions, a call for each every 30 s would exceed Stripe's limits: 25 calls a
     * second for an endpoint, 100 for an account, and 25 for one of its sandboxes (https://docs.stripe.com/rate-limits). {@code
     * UnreportedPaymentsJob} finds payments at a cost that does not grow with the number of open sessions; this check finds the rest.
     */
    static Duration pause(Duration age) {
        return age.compareTo(YOUNG) < 0 ? PAUSE_OF_YOUNG : PAUSE_OF_OLD;
    }

    private void checkAgain(Payment payment, Session session, SessionRepository.Claimed claimed) {
        Instant now = clock.instant();
        Instant next = now.plus(pause(Duration.between(session.requestedAt(), now)));
        Instant end = sessionsEndAt(payment);
        sessions.backOff(claimed, next.isBefore(end) ? next : end);
    }

    /** Returns the next attempt after a rejected call, at the latest when the time to pay ends. */
    static Instant nextAttempt(Instant now, Instant requestedAt, Instant sessionsEndAt) {
        Instant next = now.plus(pause(Duration.between(requestedAt, now)));
        boolean isEndNear = sessionsEndAt.isAfter(now) && sessionsEndAt.isBefore(next);
        return isEndNear ? sessionsEndAt : next;
    }

    private static Instant sessionsEndAt(Payment payment) {
        return Objects.requireNonNull(payment.request(), "a session belongs to a request")
                .sessionsEndAt();
    }

    private static Optional<Session> session(Payment payment, UUID id) {
        return payment.sessions().stream()
                .filter(session -> session.id().equals(id) && session.isLive())
                .findFirst();
    }
}
