package org.openingminute.registration.lifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Money;

/**
 * What payment-service reported, and what was decided about it.
 *
 * @param captured the sum of all captures
 * @param refunded the sum of what was given back
 * @param status payment-service's word for it, {@code awaiting} before it said any
 * @param answered the capture that was answered with keep or refund
 * @param refunds the refunds that were commanded
 * @param disputeOpen whether tickets are frozen
 * @param lastFailure the instant of the newest failed try that is in the timeline
 * @param receipt the newest receipt's number, once there is one
 * @param creditNote the newest credit note's number, once there is one
 * @param byTransfer whether what is here came by bank transfer, and so goes back by an organiser's
 * @param transfers that an organiser marked as paid; payment-service books them once they are what is due
 * @param returns what payment-service gives back of them by itself, as too much or too little
 */
public record MoneyMoved(
        Money captured,
        Money refunded,
        String status,
        Registration.@Nullable Answer answered,
        List<Registration.Refund> refunds,
        boolean disputeOpen,
        @Nullable Instant lastFailure,
        @Nullable String receipt,
        @Nullable String creditNote,
        boolean byTransfer,
        List<Registration.Transfer> transfers,
        List<Registration.Return> returns) {

    /** The word of the HTTP contract for money on its way. */
    public static final String PROCESSING = "processing";

    @SuppressWarnings("NullAway") // what was stored before has no transfers
    public MoneyMoved {
        refunds = List.copyOf(refunds);
        transfers = transfers == null ? List.of() : List.copyOf(transfers);
        returns = returns == null ? List.of() : List.copyOf(returns);
    }

    public static MoneyMoved none(String currency) {
        Money zero = new Money(0, currency);
        return new MoneyMoved(
                zero, zero, "awaiting", null, List.of(), false, null, null, null, false, List.of(), List.of());
    }

    public MoneyMoved answered(Registration.Answer newAnswer) {
        return new MoneyMoved(
                captured,
                refunded,
                status,
                newAnswer,
                refunds,
                disputeOpen,
                lastFailure,
                receipt,
                creditNote,
                byTransfer,
                transfers,
                returns);
    }

    public MoneyMoved refunds(List<Registration.Refund> newRefunds) {
        return new MoneyMoved(
                captured,
                refunded,
                status,
                answered,
                newRefunds,
                disputeOpen,
                lastFailure,
                receipt,
                creditNote,
                byTransfer,
                transfers,
                returns);
    }

    public MoneyMoved disputed(boolean open) {
        return new MoneyMoved(
                captured,
                refunded,
                status,
                answered,
                refunds,
                open,
                lastFailure,
                receipt,
                creditNote,
                byTransfer,
                transfers,
                returns);
    }

    public MoneyMoved failedAt(Instant at) {
        return new MoneyMoved(
                captured,
                refunded,
                status,
                answered,
                refunds,
                disputeOpen,
                at,
                receipt,
                creditNote,
                byTransfer,
                transfers,
                returns);
    }

    /** Money is being booked, and its capture is not told yet. */
    public MoneyMoved processing() {
        return new MoneyMoved(
                captured,
                refunded,
                PROCESSING,
                answered,
                refunds,
                disputeOpen,
                lastFailure,
                receipt,
                creditNote,
                byTransfer,
                transfers,
                returns);
    }

    public MoneyMoved transferred(Registration.Transfer transfer) {
        List<Registration.Transfer> more = new ArrayList<>(transfers);
        more.add(transfer);
        return new MoneyMoved(
                captured,
                refunded,
                status,
                answered,
                refunds,
                disputeOpen,
                lastFailure,
                receipt,
                creditNote,
                byTransfer,
                more,
                returns);
    }

    public MoneyMoved returns(List<Registration.Return> newReturns) {
        return new MoneyMoved(
                captured,
                refunded,
                status,
                answered,
                refunds,
                disputeOpen,
                lastFailure,
                receipt,
                creditNote,
                byTransfer,
                transfers,
                newReturns);
    }

    /** The sum of all transfers. */
    public Money transferred() {
        return transfers.stream()
                .map(Registration.Transfer::amount)
                .reduce(new Money(0, captured.currency()), Money::plus);
    }

    /** What has been commanded to be given back and has not failed for good. */
    public long commandedAmount() {
        return refunds.stream()
                .filter(refund -> refund.state() != Registration.Refund.State.failed)
                .mapToLong(refund -> refund.amount().amount())
                .sum();
    }
}
