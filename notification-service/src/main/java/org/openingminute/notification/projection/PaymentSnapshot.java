package org.openingminute.notification.projection;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A payment as its newest event reports it, as far as mails need it.
 *
 * @param captures money that came in, oldest first, without second captures that payment-service refunded by itself
 * @param refunds of those captures, and of transferred money that is in no capture, oldest first
 * @param failure the newest failed attempt
 * @param receipt the newest receipt; {@code null} while there is none
 * @param creditNotes the credit notes of refunds
 */
public record PaymentSnapshot(
        UUID registration,
        ReportedStatus status,
        List<ReportedCapture> captures,
        List<ReportedRefund> refunds,
        List<ReportedDispute> disputes,
        @Nullable ReportedFailure failure,
        @Nullable ReportedDocument receipt,
        List<ReportedDocument> creditNotes) {

    public PaymentSnapshot {
        Objects.requireNonNull(registration, "a payment belongs to a registration");
        Objects.requireNonNull(status, "a payment has a status");
        captures = captures == null ? List.of() : List.copyOf(captures);
        refunds = refunds == null ? List.of() : List.copyOf(refunds);
        disputes = disputes == null ? List.of() : List.copyOf(disputes);
        creditNotes = creditNotes == null ? List.of() : List.copyOf(creditNotes);
    }

    /** Whether the newest attempt failed, and none has succeeded since. */
    public boolean hasFailed() {
        return status == ReportedStatus.FAILED && failure != null;
    }

    /** Whether money is on its way or has arrived, so that asking for it would be wrong. */
    public boolean isUnderway() {
        return status == ReportedStatus.PROCESSING || hasCaptured();
    }

    /** Whether money came, even if it was refunded. */
    public boolean hasCaptured() {
        return switch (status) {
            case CAPTURED, PARTLY_REFUNDED, REFUNDED, DISPUTED -> true;
            case PROCESSING, AWAITING, FAILED, CLOSED, UNKNOWN -> false;
        };
    }

    /**
     * The refund with this id.
     *
     * @throws IllegalArgumentException if it has none with this id
     */
    public ReportedRefund refund(UUID id) {
        return refunds.stream()
                .filter(refund -> refund.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such refund"));
    }

    /**
     * The dispute with this id.
     *
     * @throws IllegalArgumentException if it has none with this id
     */
    public ReportedDispute dispute(UUID id) {
        return disputes.stream()
                .filter(dispute -> dispute.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such dispute"));
    }

    /** The refunded part of the captured money, in minor units, without refunds of a surplus. */
    public long paidBack() {
        return refunds.stream()
                .filter(refund -> refund.isDone() && !refund.isSurplus())
                .mapToLong(refund -> refund.amount().amount())
                .sum();
    }

    /** The transferred money that is in no capture and has been or will be refunded; empty if there is none. */
    public Optional<Money> surplus() {
        return refunds.stream()
                .filter(refund -> refund.isSurplus() && refund.isByTransfer())
                .map(ReportedRefund::amount)
                .reduce((one, other) -> new Money(one.amount() + other.amount(), one.currency()));
    }

    /** Whether any of the captured money came by bank transfer, which no provider can give back. */
    public boolean hasTransfers() {
        return captures.stream().anyMatch(ReportedCapture::isByTransfer)
                || refunds.stream().anyMatch(refund -> refund.isByTransfer() && !refund.isSurplus());
    }

    /** The state of a payment. */
    public enum ReportedStatus {
        @JsonProperty("awaiting")
        AWAITING,
        @JsonProperty("processing")
        PROCESSING,
        @JsonProperty("captured")
        CAPTURED,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("partly-refunded")
        PARTLY_REFUNDED,
        @JsonProperty("refunded")
        REFUNDED,
        @JsonProperty("disputed")
        DISPUTED,
        @JsonProperty("closed")
        CLOSED,
        /** A value of a later version of the contract. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /** The state of a refund. */
    public enum RefundStatus {
        @JsonProperty("pending")
        PENDING,
        @JsonProperty("done")
        DONE,
        @JsonProperty("failed")
        FAILED,
        /** A value of a later version of the contract. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /** The state of a dispute. */
    public enum DisputeStatus {
        @JsonProperty("open")
        OPEN,
        @JsonProperty("won")
        WON,
        @JsonProperty("lost")
        LOST,
        /** A value of a later version of the contract. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /**
     * Money that came in.
     *
     * @param byTransfer whether by bank transfer; {@code null} if the writer omits it, which means no
     */
    public record ReportedCapture(
            UUID id, Money amount, @Nullable Boolean byTransfer) {

        public ReportedCapture {
            Objects.requireNonNull(id, "a capture has an id");
            Objects.requireNonNull(amount, "a capture has an amount");
        }

        public boolean isByTransfer() {
            return Boolean.TRUE.equals(byTransfer);
        }
    }

    /**
     * One refund.
     *
     * @param at when it came into its state
     * @param byTransfer whether the organisers transfer it by hand; {@code null} if the writer omits it, which means no
     * @param surplus whether it refunds money that is in no capture; {@code null} if the writer omits it, which means no
     * @param returned whether it was done before it failed, so that its money came back; {@code null} if the writer omits
     *     it, which means no
     */
    public record ReportedRefund(
            UUID id,
            Money amount,
            RefundStatus state,
            Instant at,
            @Nullable Boolean byTransfer,
            @Nullable Boolean surplus,
            @Nullable Boolean returned) {

        public ReportedRefund {
            Objects.requireNonNull(id, "a refund has an id");
            Objects.requireNonNull(amount, "a refund has an amount");
            Objects.requireNonNull(state, "a refund has a state");
            Objects.requireNonNull(at, "a refund has an instant");
        }

        public boolean isDone() {
            return state == RefundStatus.DONE;
        }

        public boolean isByTransfer() {
            return Boolean.TRUE.equals(byTransfer);
        }

        public boolean isSurplus() {
            return Boolean.TRUE.equals(surplus);
        }

        /** Whether the payer was told of it, and did not get the money after all. */
        public boolean isReturned() {
            return state == RefundStatus.FAILED && Boolean.TRUE.equals(returned);
        }
    }

    /** A dispute: the payer's bank asks for money back. */
    public record ReportedDispute(UUID id, Money amount, DisputeStatus state) {

        public ReportedDispute {
            Objects.requireNonNull(id, "a dispute has an id");
            Objects.requireNonNull(amount, "a dispute has an amount");
            Objects.requireNonNull(state, "a dispute has a state");
        }
    }

    /** A receipt or a credit note. */
    public record ReportedDocument(String number) {}

    /** A failed attempt. */
    public record ReportedFailure(Instant at, String reason) {}
}
