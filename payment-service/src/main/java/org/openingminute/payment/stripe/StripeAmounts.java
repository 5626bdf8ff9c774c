package org.openingminute.payment.stripe;

import java.util.Currency;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.openingminute.payment.lifecycle.Money;

/**
 * Amounts as Stripe counts them, and as ISO 4217 does. From Stripe's documentation, "Supported currencies", sections
 * "Zero-decimal currencies", "Three-decimal currencies" and "Special cases" (https://docs.stripe.com/currencies).
 */
final class StripeAmounts {

    /** The amount is in whole units. ISO 4217 agrees but for the Malagasy ariary, which it divides by five and writes with two. */
    private static final Set<String> WHOLE_UNITS = Set.of(
            "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF");

    /** The amount is in thousandths, and only those that end in 0 are accepted. */
    private static final Set<String> THOUSANDTHS = Set.of("BHD", "JOD", "KWD", "OMR", "TND");

    /**
     * All others, also where ISO 4217 has none: the Icelandic króna and the Ugandan shilling have no smaller unit any
     * more, and Stripe goes on to count them in hundredths, of which only 00 are accepted.
     */
    private static final int HUNDREDTHS = 2;

    private StripeAmounts() {}

    /** In Stripe's units; nothing where Stripe cannot express this amount exactly. */
    static OptionalLong toStripe(Money money) {
        int more = digitsMore(money.currency());
        long factor = power(Math.abs(more));
        if (more < 0 && money.amount() % factor != 0) {
            return OptionalLong.empty();
        }
        long amount = more < 0 ? money.amount() / factor : Math.multiplyExact(money.amount(), factor);
        boolean accepted = !THOUSANDTHS.contains(money.currency()) || amount % 10 == 0;
        return accepted ? OptionalLong.of(amount) : OptionalLong.empty();
    }

    /**
     * In the currency's own minor units.
     *
     * @param currency as Stripe writes it, in small letters
     * @throws IllegalStateException if it is not a whole number of them
     */
    static Money fromStripe(long amount, String currency) {
        String code = currency.toUpperCase(Locale.ROOT);
        int more = digitsMore(code);
        long factor = power(Math.abs(more));
        if (more > 0 && amount % factor != 0) {
            throw new IllegalStateException("stripe reports %d of %s, which has no such part".formatted(amount, code));
        }
        return new Money(more > 0 ? amount / factor : Math.multiplyExact(amount, factor), code);
    }

    /** The number of digits behind the point that Stripe has beyond ISO 4217. */
    private static int digitsMore(String code) {
        int stripe = WHOLE_UNITS.contains(code) ? 0 : THOUSANDTHS.contains(code) ? 3 : HUNDREDTHS;
        return stripe - Math.max(0, Currency.getInstance(code).getDefaultFractionDigits());
    }

    private static long power(int digits) {
        long factor = 1;
        for (int digit = 0; digit < digits; digit++) {
            factor *= 10;
        }
        return factor;
    }
}
