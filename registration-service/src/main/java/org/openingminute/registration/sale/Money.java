package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/**
 * An amount of money. As JSON it is {@code {"amount": 95000, "currency": "USD"}}. Immutable.
 *
 * @param amount in minor units of the currency; may be negative
 * @param currency an ISO 4217 code of money that can be paid with
 */
public record Money(long amount, String currency) {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    /** @throws IllegalArgumentException if there is no such currency */
    public Money {
        if (!isCurrency(currency)) {
            throw new IllegalArgumentException("not an ISO 4217 currency: " + currency);
        }
    }

    public static Money zero(String currency) {
        return new Money(0, currency);
    }

    /**
     * Whether the code belongs to a currency that can be paid with, unlike the codes for gold, tests and "no currency".
     */
    public static boolean isCurrency(String code) {
        try {
            return Currency.getInstance(code).getDefaultFractionDigits() >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The sum.
     *
     * @throws IllegalArgumentException if the currencies differ
     * @throws ArithmeticException if the sum does not fit
     */
    public Money plus(Money other) {
        return new Money(Math.addExact(amount, inSameCurrency(other)), currency);
    }

    /**
     * The difference, which may be negative.
     *
     * @throws IllegalArgumentException if the currencies differ
     * @throws ArithmeticException if the difference does not fit
     */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(amount, inSameCurrency(other)), currency);
    }

    /**
     * The amount multiplied by a number.
     *
     * @throws ArithmeticException if the product does not fit
     */
    public Money times(long count) {
        return new Money(Math.multiplyExact(amount, count), currency);
    }

    /**
     * A part of it, rounded half up to a minor unit (away from zero if it is negative).
     *
     * @param percent 100 is all of it
     * @throws ArithmeticException if the part does not fit
     */
    public Money percent(BigDecimal percent) {
        BigDecimal part = BigDecimal.valueOf(amount).multiply(percent).divide(HUNDRED, 0, RoundingMode.HALF_UP);
        return new Money(part.longValueExact(), currency);
    }

    /** The lesser of two amounts in one currency; throws {@link IllegalArgumentException} if the currencies differ. */
    public Money min(Money other) {
        return inSameCurrency(other) < amount ? other : this;
    }

    /** The amount for people: {@code USD 950.00}. */
    public String inWords() {
        int digits = Currency.getInstance(currency).getDefaultFractionDigits();
        return currency + " " + BigDecimal.valueOf(amount, digits).toPlainString();
    }

    private long inSameCurrency(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("cannot combine " + currency + " with " + other.currency);
        }
        return other.amount;
    }
}
