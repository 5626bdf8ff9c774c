package org.openingminute.registration.lifecycle;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Money;

/** The body of every {@code payment.events.v1} message: the whole state of a registration's payment after a change. */
public record PaymentState(
        UUID registration,
        String status,
        Money due,
        Money captured,
        Money refunded,
        List<Capture> captures,
        List<Refund> refunds,
        List<Dispute> disputes,
        @Nullable Failure failure) {

    /**
     * Money that came in.
     *
     * @param answered whether payment-service has heard keep or refund for it
     */
    public record Capture(UUID id, Money amount, Instant at, boolean answered) {}

    public record Refund(UUID id, Money amount, String state, Instant at) {}

    public record Dispute(UUID id, Money amount, String state, Instant at) {}

    public record Failure(Instant at, String reason) {}

    @SuppressWarnings("NullAway") // what comes from outside may lack a list
    public PaymentState {
        captures = captures == null ? List.of() : List.copyOf(captures);
        refunds = refunds == null ? List.of() : List.copyOf(refunds);
        disputes = disputes == null ? List.of() : List.copyOf(disputes);
    }
}
