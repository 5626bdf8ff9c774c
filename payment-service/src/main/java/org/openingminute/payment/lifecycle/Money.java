package org.openingminute.payment.lifecycle;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.math.BigDecimal;
import java.text.NumberFormat;
import java.util.Currency;
import java.util.Locale;

/**
 * An amount of money. Immutable.
 *
 * @param amount in the currency's minor units; not negative
 * @param currency an ISO 4217 code
 */
public record Money(long amount, String currency) {

    /**
     * Refuses invalid amounts.
     *
     * @throws IllegalArgumentException if the amount is negative or the currency unknown
     */
    public Money {
        if (amount < 0) {
            throw new IllegalArgumentException("an amount of money must not be negative: " + amount);
        }
        Currency.getInstance(currency);
    }

    public static Money zero(String currency) {
        return new Money(0, currency);
    }

    /**
     * Returns the sum.
     *
     * @throws IllegalArgumentException if the currencies differ
     */
    public Money plus(Money other) {
        return new Money(Math.addExact(amount, inThisCurrency(other)), currency);
    }

    /** Returns the difference, at least zero. */
    public Money less(Money other) {
        return new Money(Math.max(0, amount - inThisCurrency(other)), currency);
    }

    /** Returns whether this amount is at least the other one, in the same currency. */
    public boolean covers(Money other) {
        return currency.equals(other.currency) && amount >= other.amount;
    }

    @JsonIgnore
    public boolean isPositive() {
        return amount > 0;
    }

    /**
     * Formats the amount for people: {@code USD 1,150.00}, in German {@code 1.150,00 USD}. The currency is shown as a code, because many
     * currencies have a dollar sign.
     */
    public String inWords(Locale locale) {
        int digits = Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
        NumberFormat format = NumberFormat.getNumberInstance(locale);
        format.setMinimumFractionDigits(digits);
        format.setMaximumFractionDigits(digits);
        String number = format.format(BigDecimal.valueOf(amount, digits));
        return locale.getLanguage().equals("de") ? number + " " + currency : currency + " " + number;
    }

    private long inThisCurrency(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("cannot add " + other.currency + " to " + currency);
        }
        return other.amount;
    }
}
