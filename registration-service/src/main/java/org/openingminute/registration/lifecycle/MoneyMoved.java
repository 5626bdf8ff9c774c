package org.openingminute.registration.lifecycle;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
 * @param booked the sum of those captures that came by bank transfer
 * @param returns what payment-service gives back of transfers by itself, as too much or too little
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
        Money booked,
        List<Registration.Return> returns) {

    /** Payment-service's word for money that is on its way. */
    public static final String PROCESSING = PaymentState.Status.PROCESSING.wireName();

    @SuppressWarnings("NullAway") // what was stored before has no transfers
    public MoneyMoved {
        refunds = List.copyOf(refunds);
        transfers = transfers == null ? List.of() : List.copyOf(transfers);
        booked = booked == null ? new Money(byTransfer ? captured.amount() : 0, captured.currency()) : booked;
        returns = returns == null ? List.of() : List.copyOf(returns);
    }

    public static MoneyMoved none(String currency) {
        Money zero = new Money(0, currency);
        return new MoneyMoved(
                zero, zero, "awaiting", null, List.of(), false, null, null, null, false, List.of(), zero, List.of());
    }

    /** The same after payment-service told how it stands; what it owes by that is not decided here. */
    public MoneyMoved told(PaymentState told) {
        Money byBank = told.captures().stream()
                .filter(PaymentState.Capture::mayBeByTransfer)
                .map(PaymentState.Capture::amount)
                .reduce(new Money(0, captured.currency()), Money::plus);
        return change(next -> {
            next.captured = told.captured();
            next.refunded = told.refunded();
            next.status = told.status() == PaymentState.Status.UNKNOWN
                    ? status
                    : told.status().wireName();
            next.receipt = told.receipt() == null ? receipt : told.receipt().number();
            next.creditNote = told.creditNotes().isEmpty()
                    ? creditNote
                    : told.creditNotes().getLast().number();
            next.byTransfer =
                    !told.captures().isEmpty() && told.captures().getLast().isByTransfer();
            next.booked = byBank;
        });
    }

    public MoneyMoved answered(Registration.Answer newAnswer) {
        return change(next -> next.answered = newAnswer);
    }

    public MoneyMoved refunds(List<Registration.Refund> newRefunds) {
        return change(next -> next.refunds = newRefunds);
    }

    public MoneyMoved disputed(boolean open) {
        return change(next -> next.disputeOpen = open);
    }

    public MoneyMoved failedAt(Instant at) {
        return change(next -> next.lastFailure = at);
    }

    public MoneyMoved transferred(Registration.Transfer transfer) {
        return change(next -> next.transfers =
                Stream.concat(transfers.stream(), Stream.of(transfer)).toList());
    }

    public MoneyMoved returns(List<Registration.Return> newReturns) {
        return change(next -> next.returns = newReturns);
    }

    /** What was transferred and is neither booked nor going back, as far as payment-service has told. */
    public Money unbooked() {
        long marked = transfers.stream()
                .mapToLong(transfer -> transfer.amount().amount())
                .sum();
        long back = returns.stream().mapToLong(each -> each.amount().amount()).sum();
        return new Money(Math.max(0, marked - back - booked.amount()), captured.currency());
    }

    /** What has been commanded to be given back and has not failed for good. */
    public long commandedAmount() {
        return refunds.stream()
                .filter(refund -> refund.state() != Registration.Refund.State.failed)
                .mapToLong(refund -> refund.amount().amount())
                .sum();
    }

    private MoneyMoved change(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.done();
    }

    /** The same while some of it changes. */
    private static final class Draft {
        private Money captured;
        private Money refunded;
        private String status;
        private Registration.@Nullable Answer answered;
        private List<Registration.Refund> refunds;
        private boolean disputeOpen;
        private @Nullable Instant lastFailure;
        private @Nullable String receipt;
        private @Nullable String creditNote;
        private boolean byTransfer;
        private List<Registration.Transfer> transfers;
        private Money booked;
        private List<Registration.Return> returns;

        Draft(MoneyMoved from) {
            captured = from.captured;
            refunded = from.refunded;
            status = from.status;
            answered = from.answered;
            refunds = from.refunds;
            disputeOpen = from.disputeOpen;
            lastFailure = from.lastFailure;
            receipt = from.receipt;
            creditNote = from.creditNote;
            byTransfer = from.byTransfer;
            transfers = from.transfers;
            booked = from.booked;
            returns = from.returns;
        }

        MoneyMoved done() {
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
                    booked,
                    returns);
        }
    }
}
