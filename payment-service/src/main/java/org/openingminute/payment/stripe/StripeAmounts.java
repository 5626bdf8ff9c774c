package org.openingminute.payment.stripe;

import java.util.Currency;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.openingminute.payment.lifecycle.Money;

/**
 * Converts between Stripe's amounts and those of ISO 4217. From Stripe's documentation, "Supported currencies",
 * sections "Zero-decimal currencies", "Three-decimal currencies" and "Special cases"
 * (https://docs.stripe.com/currencies).
 */
final class StripeAmounts {

    /** Currencies that Stripe counts in whole units. ISO 4217 agrees, except for the Malagasy ariary, to which it gives two digits. */
    private static final Set<String> WHOLE_UNITS = Set.of(
            "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF");

    /** Currencies that Stripe counts in thousandths, accepting only amounts that end in 0. */
    private static final Set<String> THOUSANDTHS = Set.of("BHD", "JOD", "KWD", "OMR", "TND");

    /**
     * All other currencies are counted in hundredths, even if ISO 4217 gives them no smaller unit: Stripe still counts the Icelandic króna
     * and the Ugandan shilling in hundredths, and accepts only 00.
     */
    private static final int HUNDREDTHS = 2;

    private StripeAmounts() {}

    /** Converts an amount to Stripe's units; empty if Stripe cannot express it exactly. */
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
     * Converts an amount to the currency's own minor units.
     *
     * @param currency as Stripe writes it, in lower case
     * @throws IllegalStateException if the result is not a whole number
     */
    static Money fromStripe(long amount, String currency) {
        String code = currency.toUpperCase(Locale.ROOT);
        int more = digitsMore(code);
        long factor = power(Math.abs(more));
        if (more > 0 && amount % factor != 0) {
            throw new IllegalStateException(
                    "Stripe reports %d in %s, which is not a whole number of its minor units".formatted(amount, code));
        }
        return new Money(more > 0 ? amount / factor : Math.multiplyExact(amount, factor), code);
    }

    /** Returns how many more decimals Stripe uses than ISO 4217. */
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
