package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A code that unlocks, discounts or reserves. It is for the attendees of {@link #categories} and {@link #unlocks}; with
 * neither, for all.
 *
 * @param unlocks categories that nobody gets without a voucher
 * @param percentOff of the category's price, 0 to 100
 * @param amountOff of the category's price, in minor units; {@code percentOff} or this, or neither
 * @param uses how many attendees may use it; {@code null} for any number
 * @param reserves whether its unused uses are kept from everybody else
 * @param until names the last second in which it can be used; {@code null} for no end
 */
public record Voucher(
        String code,
        List<String> unlocks,
        List<String> categories,
        @Nullable BigDecimal percentOff,
        @Nullable Long amountOff,
        @Nullable Integer uses,
        boolean reserves,
        @Nullable Instant until) {

    public Voucher {
        unlocks = List.copyOf(unlocks);
        categories = List.copyOf(categories);
    }

    /** Whether an attendee of this category would use it. */
    public boolean touches(String category) {
        return unlocks.contains(category)
                || categories.contains(category)
                || (unlocks.isEmpty() && categories.isEmpty());
    }

    public boolean unlocks(String category) {
        return unlocks.contains(category);
    }

    public boolean endedAt(Instant now) {
        return until != null && !Phase.counts(until, now);
    }

    /** The same under another spelling of its code. */
    public Voucher withCode(String spelling) {
        return new Voucher(spelling, unlocks, categories, percentOff, amountOff, uses, reserves, until);
    }

    /** What it takes off a price: rounded half up, never more than the price. */
    Money discountOn(Money price) {
        if (percentOff != null) {
            return price.percent(percentOff);
        }
        return amountOff == null ? Money.zero(price.currency()) : price.min(new Money(amountOff, price.currency()));
    }

    /** How a code is compared: without its case. */
    public static String plain(String code) {
        return code.strip().toUpperCase(Locale.ROOT);
    }
}
