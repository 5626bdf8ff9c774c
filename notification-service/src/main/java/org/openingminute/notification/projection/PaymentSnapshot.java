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
 * The data of a payment that mails need, as its newest event reports it.
 *
 * @param captures money that arrived, oldest first, without second captures, which payment-service refunds by itself
 * @param refunds of those captures, and of transferred money that is in no capture, oldest first
 * @param failure the newest failed attempt; {@code null} if there is none
 * @param receipt the newest receipt; {@code null} if there is none
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

    /** Whether a payment is in progress or has arrived, so that asking for it would be wrong. */
    public boolean isUnderway() {
        return status == ReportedStatus.PROCESSING || hasCaptured();
    }

    /** Whether money arrived, even if it was refunded. */
    public boolean hasCaptured() {
        return switch (status) {
            case CAPTURED, PARTLY_REFUNDED, REFUNDED, DISPUTED -> true;
            case PROCESSING, AWAITING, FAILED, CLOSED, UNKNOWN -> false;
        };
    }

    /**
     * Returns the refund with this id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public ReportedRefund refund(UUID id) {
        return refunds.stream()
                .filter(refund -> refund.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such refund"));
    }

    /**
     * Returns the dispute with this id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public ReportedDispute dispute(UUID id) {
        return disputes.stream()
                .filter(dispute -> dispute.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such dispute"));
    }

    /** Returns the refunded part of the captured money, in minor units, without refunds of a surplus. */
    public long paidBack() {
        return refunds.stream()
                .filter(refund -> refund.isDone() && !refund.isSurplus())
                .mapToLong(refund -> refund.amount().amount())
                .sum();
    }

    /** Returns the transferred money that is in no capture and has been or will be refunded; empty if there is none. */
    public Optional<Money> surplus() {
        return refunds.stream()
                .filter(refund -> refund.isSurplus() && refund.isByTransfer())
                .map(ReportedRefund::amount)
                .reduce((one, other) -> new Money(one.amount() + other.amount(), one.currency()));
    }

    /** Whether any of the captured money came by bank transfer, which no provider can refund. */
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
     * Money that arrived.
     *
     * @param byTransfer whether it came by bank transfer; {@code null}, from writers that omit it, means no
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
     * A refund.
     *
     * @param at when it entered its state
     * @param byTransfer whether the organisers transfer it by hand; {@code null}, from writers that omit it, means no
     * @param surplus whether its money is in no capture; {@code null}, from writers that omit it, means no
     * @param returned whether it was done before it failed, so that its money came back; {@code null}, from writers that omit it, means no
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

        /** Whether the payer was told of the refund but did not get the money. */
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
