package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.web.InvalidValue;

/**
 * An amount of money. As JSON it is {@code {"amount": 95000, "currency": "USD"}}. Immutable.
 *
 * @param amount in minor units of the currency; may be negative
 * @param currency the ISO 4217 code of a currency that can be used for payments
 */
public record Money(long amount, String currency) {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    /** @throws InvalidValue if there is no such currency */
    public Money {
        if (!isCurrency(currency)) {
            throw new InvalidValue(FieldError.of("currency", "not-a-currency", "must be an ISO 4217 code"));
        }
    }

    public static Money zero(String currency) {
        return new Money(0, currency);
    }

    /**
     * Returns whether the code belongs to a currency that can be used for payments, unlike the codes for gold, tests and "no currency".
     *
     * @param code {@code null} returns false
     */
    public static boolean isCurrency(@Nullable String code) {
        try {
            return code != null && Currency.getInstance(code).getDefaultFractionDigits() >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Returns the sum.
     *
     * @throws IllegalArgumentException if the currencies differ
     * @throws ArithmeticException if the sum does not fit
     */
    public Money plus(Money other) {
        return new Money(Math.addExact(amount, inSameCurrency(other)), currency);
    }

    /**
     * Returns the difference, which may be negative.
     *
     * @throws IllegalArgumentException if the currencies differ
     * @throws ArithmeticException if the difference does not fit
     */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(amount, inSameCurrency(other)), currency);
    }

    /**
     * Returns the amount multiplied by a number.
     *
     * @throws ArithmeticException if the product does not fit
     */
    public Money times(long count) {
        return new Money(Math.multiplyExact(amount, count), currency);
    }

    /**
     * Returns a percentage of the amount, rounded half up to a minor unit (away from zero if negative).
     *
     * @param percent 100 is the whole amount
     * @throws ArithmeticException if the part does not fit
     */
    public Money percent(BigDecimal percent) {
        BigDecimal part = BigDecimal.valueOf(amount).multiply(percent).divide(HUNDRED, 0, RoundingMode.HALF_UP);
        return new Money(part.longValueExact(), currency);
    }

    /**
     * Returns the lesser of two amounts.
     *
     * @throws IllegalArgumentException if the currencies differ
     */
    public Money min(Money other) {
        return inSameCurrency(other) < amount ? other : this;
    }

    /** Formats the amount for people: {@code USD 950.00}. */
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
