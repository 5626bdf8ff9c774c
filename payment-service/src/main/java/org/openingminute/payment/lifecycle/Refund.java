package org.openingminute.payment.lifecycle;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;

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
 * @param transferredBy the account of the organiser who transferred it; {@code null} if a provider refunds
 * @param transferredByName the organiser's name; {@code null} if a version transferred it that did not store it
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

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String transferredByName,

        boolean returned) {

    public enum RefundState {
        PENDING,
        DONE,
        FAILED
    }

    /** Whether it was made at the provider without a command, which its derived id shows. */
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
                transferredByName,
                returned);
    }

    /** Returns the refund with the provider's name for it; its outcome is still unknown. */
    Refund accepted(String nameAtProvider) {
        return in(state, at, nameAtProvider, failure, transferredBy, transferredByName);
    }

    Refund done(String nameAtProvider, Instant when) {
        return in(RefundState.DONE, when, nameAtProvider, null, null, null);
    }

    Refund failed(String why, Instant when) {
        return in(RefundState.FAILED, when, providerRefund, why, transferredBy, transferredByName);
    }

    Refund transferred(String reference, Person organiser, Instant when) {
        return in(RefundState.DONE, when, reference, null, organiser.subject(), organiser.name());
    }

    private Refund in(
            RefundState next,
            Instant when,
            @Nullable String nameAtProvider,
            @Nullable String why,
            @Nullable String organiser,
            @Nullable String organiserName) {
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
                organiserName,
                returned || cameBack);
    }
}
