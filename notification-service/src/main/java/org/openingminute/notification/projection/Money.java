package org.openingminute.notification.projection;

import java.util.Currency;
import java.util.Objects;

/**
 * An amount of money.
 *
 * @param amount in minor units
 */
public record Money(long amount, Currency currency) {

    public Money {
        Objects.requireNonNull(currency, "money has a currency");
    }

    public boolean isPositive() {
        return amount > 0;
    }
}
