package org.openingminute.payment.provider;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.money.Money;

/**
 * A page of a provider's own list of what it captured for us, to be held against our books.
 *
 * @param next where the list goes on; {@code null} at its end
 */
public record ProviderPayments(
        List<Entry> entries, @Nullable String next) {

    public ProviderPayments {
        entries = List.copyOf(entries);
    }

    /**
     * One payment in the provider's books. All amounts are in one currency.
     *
     * @param payment the provider's name for it, as in {@link org.openingminute.payment.payment.Act.MoneyArrived}
     * @param captured before refunds
     * @param refunded what went back or is on its way
     * @param disputed of disputes that were not won
     */
    public record Entry(String payment, UUID registration, Money captured, Money refunded, Money disputed) {}
}
