package org.openingminute.payment.provider;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;

/**
 * A page of a provider's own list of our captures, for reconciliation.
 *
 * @param next the cursor of the next page; {@code null} on the last page
 */
public record ProviderPayments(
        List<ListedPayment> entries, @Nullable String next) {

    public ProviderPayments {
        entries = List.copyOf(entries);
    }

    /**
     * One payment in the provider's list. All amounts are in one currency.
     *
     * @param payment the provider's name for it, as in {@link
     * org.openingminute.payment.lifecycle.PaymentTrigger.MoneyArrived}
     * @param attempt the key with which we opened its session; the registration's id if the provider does not have it
     * @param at when it was captured
     * @param captured before refunds
     * @param refunded the sum of refunds, done or under way
     * @param disputed the sum of disputes that were not won
     */
    public record ListedPayment(
            String payment,
            UUID registration,
            UUID attempt,
            Instant at,
            Money captured,
            Money refunded,
            Money disputed) {

        /** Whether nothing was refunded or disputed. */
        public boolean isWhole() {
            return !refunded.isPositive() && !disputed.isPositive();
        }
    }
}
