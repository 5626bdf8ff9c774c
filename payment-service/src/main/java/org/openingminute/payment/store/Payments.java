package org.openingminute.payment.store;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.Pulse;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRules;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Session.SessionState;
import org.springframework.stereotype.Component;

/** Applies triggers to payments, each in one transaction with its events. */
@Component
public final class Payments {

    private final PaymentRepository repository;
    private final Clock clock;
    private final Ids ids;
    private final Pulse pulse;

    Payments(PaymentRepository repository, Clock clock, Ids ids, Pulse pulse) {
        this.repository = repository;
        this.clock = clock;
        this.ids = ids;
        this.pulse = pulse;
    }

    /** A payment before and after a trigger. */
    public record Change(Payment before, Payment after) {}

    /** Applies a trigger whose repetition is recognised. */
    public Change apply(UUID registration, PaymentTrigger trigger) {
        return apply(registration, trigger, _ -> true);
    }

    /**
     * Applies a trigger under the payment's lock, if a condition on the payment, tested in the transaction and under
     * the lock, holds.
     *
     * @throws org.openingminute.payment.lifecycle.NotReady if the subject of the trigger has not arrived
     */
    public Change apply(UUID registration, PaymentTrigger trigger, Predicate<Payment> allowed) {
        Instant now = clock.instant();
        Change change = repository.change(
                registration,
                now,
                payment ->
                        allowed.test(payment) ? PaymentRules.decide(payment, trigger, now, ids) : Decision.to(payment));
        if (isWorkOfJobs(change)) {
            pulse.soon();
        }
        return change;
    }

    private static boolean isWorkOfJobs(Change change) {
        return !change.after().refunds().equals(change.before().refunds())
                || change.after().sessions().stream().anyMatch(one -> one.state() == SessionState.ENDING);
    }

    /** The payment, with or without a request. */
    public Optional<Payment> find(UUID registration) {
        return repository.find(registration);
    }
}
