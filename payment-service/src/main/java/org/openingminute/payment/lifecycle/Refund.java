package org.openingminute.payment.lifecycle;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Money that goes back.
 *
 * @param id the commander's, or ours for a surplus; the provider's idempotency key
 * @param capture the refunded capture; {@code null} until that has arrived
 * @param at of its last change
 * @param requestedAt when it was commanded
 * @param surplus whether it gives back a surplus capture; then it is not reported
 * @param providerRefund the provider's name for it; {@code null} until the provider has accepted it
 * @param failure why it failed
 * @param transferredBy the organiser who transferred it; {@code null} where a provider gives back
 */
public record Refund(
        UUID id,
        @Nullable UUID capture,
        Money amount,
        String reason,
        RefundState state,
        Instant at,
        Instant requestedAt,
        boolean surplus,
        @Nullable String providerRefund,
        @Nullable String failure,
        @Nullable String transferredBy) {

    public enum RefundState {
        PENDING,
        DONE,
        FAILED
    }

    boolean mayTakeMoney() {
        return state != RefundState.FAILED;
    }

    Refund from(Capture source) {
        return new Refund(
                id,
                source.id(),
                amount,
                reason,
                state,
                at,
                requestedAt,
                surplus,
                providerRefund,
                failure,
                transferredBy);
    }

    /** The provider knows it by this name, and not yet what becomes of it. */
    Refund accepted(String nameAtProvider) {
        return new Refund(
                id, capture, amount, reason, state, at, requestedAt, surplus, nameAtProvider, failure, transferredBy);
    }

    Refund done(String nameAtProvider, Instant when) {
        return new Refund(
                id, capture, amount, reason, RefundState.DONE, when, requestedAt, surplus, nameAtProvider, null, null);
    }

    Refund failed(String why, Instant when) {
        return new Refund(
                id,
                capture,
                amount,
                reason,
                RefundState.FAILED,
                when,
                requestedAt,
                surplus,
                providerRefund,
                why,
                transferredBy);
    }

    Refund transferred(String reference, String organiser, Instant when) {
        return new Refund(
                id, capture, amount, reason, RefundState.DONE, when, requestedAt, surplus, reference, null, organiser);
    }
}
