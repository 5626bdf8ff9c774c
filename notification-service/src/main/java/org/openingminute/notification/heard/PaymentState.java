package org.openingminute.notification.heard;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A payment as its newest event tells it; what mails need of it.
 *
 * @param failure the newest failed attempt
 */
public record PaymentState(
        UUID registration,
        Status status,
        List<Refund> refunds,
        @Nullable Failure failure) {

    public PaymentState {
        Objects.requireNonNull(registration, "a payment is a registration's");
        Objects.requireNonNull(status, "a payment has a status");
        refunds = refunds == null ? List.of() : List.copyOf(refunds);
    }

    /** Whether it failed and was not tried again with success since. */
    public boolean hasFailed() {
        return status == Status.FAILED && failure != null;
    }

    /** Whether money is on its way or here, so that asking for it would be wrong. */
    public boolean isUnderway() {
        return status == Status.PROCESSING || hasCaptured();
    }

    /** Whether money came, wherever it is now. */
    public boolean hasCaptured() {
        return switch (status) {
            case CAPTURED, PARTLY_REFUNDED, REFUNDED, DISPUTED -> true;
            case PROCESSING, AWAITING, FAILED, CLOSED, UNKNOWN -> false;
        };
    }

    /**
     * One of its refunds.
     *
     * @throws IllegalArgumentException if it has none with this id
     */
    public Refund refund(UUID id) {
        return refunds.stream()
                .filter(refund -> refund.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such refund"));
    }

    /** The state of a payment. */
    public enum Status {
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
        /** One that a later version of the contract knows. */
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
        /** One that a later version of the contract knows. */
        @JsonEnumDefaultValue
        UNKNOWN
    }

    /** One refund. */
    public record Refund(UUID id, Money amount, RefundStatus state) {

        public Refund {
            Objects.requireNonNull(id, "a refund has an id");
            Objects.requireNonNull(amount, "a refund has an amount");
            Objects.requireNonNull(state, "a refund has a state");
        }

        public boolean isDone() {
            return state == RefundStatus.DONE;
        }
    }

    /** A failed attempt. */
    public record Failure(Instant at, String reason) {}
}
