package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Money;

/**
 * What payment-service reported, and what was decided about it.
 *
 * @param answered the capture that was answered with keep or refund
 * @param refunds the refunds that were commanded
 * @param disputeOpen whether tickets are frozen
 * @param lastFailure the instant of the newest failed try that is in the timeline
 * @param transfers that an organiser marked as paid; payment-service books them once they are what is due
 * @param returns what payment-service gives back of transfers by itself, as too much or too little
 */
public record PaymentSummary(
        @JsonUnwrapped Reported reported,
        Registration.@Nullable CaptureDecision answered,
        List<Registration.Refund> refunds,
        boolean disputeOpen,
        @Nullable Instant lastFailure,
        List<Registration.Transfer> transfers,
        List<Registration.Return> returns) {

    /** Payment-service's word for money that is on its way. */
    public static final String PROCESSING = PaymentSnapshot.ReportedStatus.PROCESSING.wireName();

    /**
     * How the payment stood when payment-service said it last.
     *
     * @param captured the sum of all captures
     * @param refunded the sum of what was given back
     * @param status payment-service's word for it, {@code awaiting} before it said any
     * @param receipt the newest receipt's number, once there is one
     * @param creditNote the newest credit note's number, once there is one
     * @param byTransfer whether what is here came by bank transfer, and so goes back by an organiser's
     * @param booked the sum of those captures that came by bank transfer
     */
    public record Reported(
            Money captured,
            Money refunded,
            String status,
            @Nullable String receipt,
            @Nullable String creditNote,
            boolean byTransfer,
            Money booked) {

        @SuppressWarnings("NullAway") // what was stored before does not say what was booked
        public Reported {
            booked = booked == null ? new Money(byTransfer ? captured.amount() : 0, captured.currency()) : booked;
        }

        private Reported anew(PaymentSnapshot told) {
            return new Reported(
                    told.captured(),
                    told.refunded(),
                    told.status() == PaymentSnapshot.ReportedStatus.UNKNOWN
                            ? status
                            : told.status().wireName(),
                    told.receipt() == null ? receipt : told.receipt().number(),
                    told.creditNotes().isEmpty()
                            ? creditNote
                            : told.creditNotes().getLast().number(),
                    !told.captures().isEmpty() && told.captures().getLast().isByTransfer(),
                    told.captures().stream()
                            .filter(PaymentSnapshot.ReportedCapture::mayBeByTransfer)
                            .map(PaymentSnapshot.ReportedCapture::amount)
                            .reduce(new Money(0, captured.currency()), Money::plus));
        }
    }

    @SuppressWarnings("NullAway") // what was stored before has no transfers
    public PaymentSummary {
        refunds = List.copyOf(refunds);
        transfers = transfers == null ? List.of() : List.copyOf(transfers);
        returns = returns == null ? List.of() : List.copyOf(returns);
    }

    public static PaymentSummary none(String currency) {
        Money zero = new Money(0, currency);
        Reported nothing = new Reported(zero, zero, "awaiting", null, null, false, zero);
        return new PaymentSummary(nothing, null, List.of(), false, null, List.of(), List.of());
    }

    public Money captured() {
        return reported.captured();
    }

    public Money refunded() {
        return reported.refunded();
    }

    public String status() {
        return reported.status();
    }

    public @Nullable String receipt() {
        return reported.receipt();
    }

    public @Nullable String creditNote() {
        return reported.creditNote();
    }

    public boolean byTransfer() {
        return reported.byTransfer();
    }

    /** The same after payment-service told how it stands; what it owes by that is not decided here. */
    public PaymentSummary told(PaymentSnapshot told) {
        return new PaymentSummary(reported.anew(told), answered, refunds, disputeOpen, lastFailure, transfers, returns);
    }

    public PaymentSummary answered(Registration.CaptureDecision newAnswer) {
        return new PaymentSummary(reported, newAnswer, refunds, disputeOpen, lastFailure, transfers, returns);
    }

    public PaymentSummary refunds(List<Registration.Refund> newRefunds) {
        return new PaymentSummary(reported, answered, newRefunds, disputeOpen, lastFailure, transfers, returns);
    }

    public PaymentSummary disputed(boolean open) {
        return new PaymentSummary(reported, answered, refunds, open, lastFailure, transfers, returns);
    }

    public PaymentSummary failedAt(Instant at) {
        return new PaymentSummary(reported, answered, refunds, disputeOpen, at, transfers, returns);
    }

    public PaymentSummary transferred(Registration.Transfer transfer) {
        List<Registration.Transfer> all =
                Stream.concat(transfers.stream(), Stream.of(transfer)).toList();
        return new PaymentSummary(reported, answered, refunds, disputeOpen, lastFailure, all, returns);
    }

    public PaymentSummary returns(List<Registration.Return> newReturns) {
        return new PaymentSummary(reported, answered, refunds, disputeOpen, lastFailure, transfers, newReturns);
    }

    /** What was transferred and is neither booked nor going back, as far as payment-service has told. */
    public Money unbooked() {
        long marked = transfers.stream()
                .mapToLong(transfer -> transfer.amount().amount())
                .sum();
        long back = returns.stream().mapToLong(each -> each.amount().amount()).sum();
        return new Money(
                Math.max(0, marked - back - reported.booked().amount()),
                captured().currency());
    }

    /** What has been commanded to be given back and has not failed for good. */
    public long commandedAmount() {
        return refunds.stream()
                .filter(refund -> refund.state() != Registration.Refund.State.failed)
                .mapToLong(refund -> refund.amount().amount())
                .sum();
    }
}
