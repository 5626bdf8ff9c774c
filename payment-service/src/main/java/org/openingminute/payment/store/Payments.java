package org.openingminute.payment.store;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRules;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.springframework.stereotype.Component;

/** Applies triggers to payments, each in one transaction with its events. */
@Component
public final class Payments {

    private final PaymentRepository repository;
    private final Clock clock;
    private final Ids ids;

    Payments(PaymentRepository repository, Clock clock, Ids ids) {
        this.repository = repository;
        this.clock = clock;
        this.ids = ids;
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
        return repository.change(
                registration,
                now,
                payment ->
                        allowed.test(payment) ? PaymentRules.decide(payment, trigger, now, ids) : Decision.to(payment));
    }

    /** The payment, with or without a request. */
    public Optional<Payment> find(UUID registration) {
        return repository.find(registration);
    }
}
