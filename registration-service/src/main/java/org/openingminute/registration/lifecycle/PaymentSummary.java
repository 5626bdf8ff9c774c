package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Money;

/**
 * The payment as last reported by payment-service, and this service's decisions about it.
 *
 * @param answered the decision on the capture; {@code null} until there is one
 * @param refunds the refunds that this service commanded
 * @param disputeOpen whether a dispute is open, so that tickets are frozen
 * @param lastFailure the newest failed attempt that is recorded in the timeline; {@code null} for none
 * @param transfers transfers that an organiser marked as paid; payment-service books them once they reach the amount due
 * @param returns refunds of transfers that payment-service makes by itself, because too much or too little was paid
 */
public record PaymentSummary(
        @JsonUnwrapped Reported reported,
        Registration.@Nullable CaptureDecision answered,
        List<Registration.Refund> refunds,
        boolean disputeOpen,
        @Nullable Instant lastFailure,
        List<Registration.TransferredSurplus> transfers,
        List<Registration.Return> returns) {

    /** Payment-service's name for a payment in progress. */
    public static final String PROCESSING = PaymentSnapshot.ReportedStatus.PROCESSING.wireName();

    private static final Set<String> WITHOUT_MONEY = EnumSet.of(
                    PaymentSnapshot.ReportedStatus.AWAITING,
                    PaymentSnapshot.ReportedStatus.PROCESSING,
                    PaymentSnapshot.ReportedStatus.FAILED,
                    PaymentSnapshot.ReportedStatus.CLOSED)
            .stream()
            .map(PaymentSnapshot.ReportedStatus::wireName)
            .collect(Collectors.toUnmodifiableSet());

    /**
     * The payment's last reported state.
     *
     * @param captured the sum of all captures
     * @param refunded the sum of all refunds
     * @param status payment-service's name for it, {@code awaiting} before its first event
     * @param receipt the newest receipt's number; {@code null} if there is none
     * @param creditNote the newest credit note's number; {@code null} if there is none
     * @param byTransfer whether the money came by bank transfer, so that an organiser has to transfer refunds
     * @param booked the sum of the captures that came by bank transfer
     * @param inquiries inquiries by the payer's bank, which are only displayed
     * @param evidenceDueAt the earliest deadline for evidence about a dispute; {@code null} if none is known
     */
    public record Reported(
            Money captured,
            Money refunded,
            String status,
            @Nullable String receipt,
            @Nullable String creditNote,
            boolean byTransfer,
            Money booked,
            List<PaymentSnapshot.ReportedInquiry> inquiries,
            @Nullable Instant evidenceDueAt) {

        @SuppressWarnings("NullAway") // documents stored earlier have no fields for these
        public Reported {
            inquiries = inquiries == null ? List.of() : List.copyOf(inquiries);
            booked = booked == null ? new Money(byTransfer ? captured.amount() : 0, captured.currency()) : booked;
        }

        private Reported anew(PaymentSnapshot snapshot) {
            return new Reported(
                    snapshot.captured(),
                    snapshot.refunded(),
                    snapshot.status() == PaymentSnapshot.ReportedStatus.UNKNOWN
                            ? status
                            : snapshot.status().wireName(),
                    snapshot.receipt() == null ? receipt : snapshot.receipt().number(),
                    snapshot.creditNotes().isEmpty()
                            ? creditNote
                            : snapshot.creditNotes().getLast().number(),
                    !snapshot.captures().isEmpty()
                            && snapshot.captures().getLast().isByTransfer(),
                    snapshot.captures().stream()
                            .filter(PaymentSnapshot.ReportedCapture::mayBeByTransfer)
                            .map(PaymentSnapshot.ReportedCapture::amount)
                            .reduce(new Money(0, captured.currency()), Money::plus),
                    snapshot.inquiries(),
                    snapshot.disputes().stream()
                            .filter(dispute -> !dispute.isSettled())
                            .flatMap(dispute -> Stream.ofNullable(dispute.evidenceDueAt()))
                            .min(Instant::compareTo)
                            .orElse(null));
        }

        /** Whether the inquiry is already recorded in this state, open or closed. */
        public boolean isKnown(PaymentSnapshot.ReportedInquiry reported) {
            return inquiries.stream()
                    .anyMatch(known -> known.id().equals(reported.id()) && known.isOpen() == reported.isOpen());
        }
    }

    @SuppressWarnings("NullAway") // documents stored earlier have no transfers
    public PaymentSummary {
        refunds = List.copyOf(refunds);
        transfers = transfers == null ? List.of() : List.copyOf(transfers);
        returns = returns == null ? List.of() : List.copyOf(returns);
    }

    public static PaymentSummary none(String currency) {
        Money zero = new Money(0, currency);
        Reported nothing = new Reported(zero, zero, "awaiting", null, null, false, zero, List.of(), null);
        return new PaymentSummary(nothing, null, List.of(), false, null, List.of(), List.of());
    }

    /**
     * Creates the summary of a payment taken at the desk. It counts as captured and kept before payment-service books it; the report of the
     * booking then changes nothing.
     */
    public static PaymentSummary paidAtDesk(Registration.TransferredSurplus paid) {
        Money amount = paid.amount();
        Reported all = new Reported(
                amount,
                Money.zero(amount.currency()),
                PaymentSnapshot.ReportedStatus.CAPTURED.wireName(),
                null,
                null,
                true,
                amount,
                List.of(),
                null);
        return new PaymentSummary(
                all, Registration.CaptureDecision.keep, List.of(), false, null, List.of(paid), List.of());
    }

    /**
     * Whether no money and no newer failure has been reported since a payer finished an attempt.
     *
     * @param attempt machine time
     */
    public boolean isSilentSince(Instant attempt) {
        return WITHOUT_MONEY.contains(status()) && (lastFailure == null || !lastFailure.isAfter(attempt));
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

    /** Returns the summary with a newer report. The consequences of the report are decided elsewhere. */
    public PaymentSummary withReported(PaymentSnapshot snapshot) {
        return new PaymentSummary(
                reported.anew(snapshot), answered, refunds, disputeOpen, lastFailure, transfers, returns);
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

    public PaymentSummary transferred(Registration.TransferredSurplus transfer) {
        List<Registration.TransferredSurplus> all =
                Stream.concat(transfers.stream(), Stream.of(transfer)).toList();
        return new PaymentSummary(reported, answered, refunds, disputeOpen, lastFailure, all, returns);
    }

    public PaymentSummary returns(List<Registration.Return> newReturns) {
        return new PaymentSummary(reported, answered, refunds, disputeOpen, lastFailure, transfers, newReturns);
    }

    /** Returns the transferred money that is neither booked nor refunded according to the last report. */
    public Money unbooked() {
        long marked = transfers.stream()
                .mapToLong(transfer -> transfer.amount().amount())
                .sum();
        long back = returns.stream().mapToLong(each -> each.amount().amount()).sum();
        return new Money(
                Math.max(0, marked - back - reported.booked().amount()),
                captured().currency());
    }

    /** Returns the captured money that no commanded refund returns. */
    public Money left() {
        return new Money(captured().amount() - commandedAmount(), captured().currency());
    }

    /** Returns the sum of the commanded refunds that have not failed for good. */
    public long commandedAmount() {
        return refunds.stream()
                .filter(refund -> refund.state() != Registration.Refund.State.failed)
                .mapToLong(refund -> refund.amount().amount())
                .sum();
    }
}
