package org.openingminute.payment.lifecycle;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A refund.
 *
 * @param id the command's id, or our own for a surplus, and also the provider's idempotency key; derived from the
 *     provider's name if it was made there
 * @param capture the refunded capture; {@code null} until it has arrived
 * @param at the time of its last change
 * @param requestedAt when it was commanded
 * @param surplus whether it refunds a surplus capture, and is therefore not reported
 * @param providerRefund the provider's name for it; {@code null} until the provider has accepted it
 * @param failure why it failed
 * @param transferredBy the organiser who transferred it; {@code null} if a provider refunds
 * @param returned whether it was done before it failed, so that its money came back
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
        @Nullable String transferredBy,
        boolean returned) {

    public enum RefundState {
        PENDING,
        DONE,
        FAILED
    }

    /** Whether it was made at the provider and not commanded, which its id says. */
    boolean isMadeAt(String provider) {
        return providerRefund != null && id.equals(PaymentRules.idOf(provider, providerRefund));
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
                transferredBy,
                returned);
    }

    /** The refund with the provider's name for it, while its outcome is not known yet. */
    Refund accepted(String nameAtProvider) {
        return in(state, at, nameAtProvider, failure, transferredBy);
    }

    Refund done(String nameAtProvider, Instant when) {
        return in(RefundState.DONE, when, nameAtProvider, null, null);
    }

    Refund failed(String why, Instant when) {
        return in(RefundState.FAILED, when, providerRefund, why, transferredBy);
    }

    Refund transferred(String reference, String organiser, Instant when) {
        return in(RefundState.DONE, when, reference, null, organiser);
    }

    private Refund in(
            RefundState next,
            Instant when,
            @Nullable String nameAtProvider,
            @Nullable String why,
            @Nullable String organiser) {
        boolean cameBack = state == RefundState.DONE && next == RefundState.FAILED;
        return new Refund(
                id,
                capture,
                amount,
                reason,
                next,
                when,
                requestedAt,
                surplus,
                nameAtProvider,
                why,
                organiser,
                returned || cameBack);
    }
}
