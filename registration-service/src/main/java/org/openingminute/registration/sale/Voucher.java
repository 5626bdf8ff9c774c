package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;

/**
 * A code that unlocks, discounts or reserves. It applies to attendees in {@link #categories} and {@link #unlocks}, or
 * to all if both are empty.
 *
 * @param unlocks categories that nobody gets without a voucher
 * @param percentOff the discount in percent of the category's price, 0 to 100
 * @param amountOff the discount on the category's price, in minor units; at most one of {@code percentOff} and this is
 *     given
 * @param uses how many attendees may use it; {@code null} for any number
 * @param reserves whether its unused uses are withheld from all other orders
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

    /** Whether an attendee of this category would use the voucher. */
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

    /** Returns the same voucher with another spelling of its code. */
    public Voucher withCode(String spelling) {
        return new Voucher(spelling, unlocks, categories, percentOff, amountOff, uses, reserves, until);
    }

    /** The discount on a price: rounded half up, never more than the price. */
    Money discountOn(Money price) {
        if (percentOff != null) {
            return price.percent(percentOff);
        }
        return amountOff == null ? Money.zero(price.currency()) : price.min(new Money(amountOff, price.currency()));
    }

    /** The form in which codes are compared, which ignores case. */
    public static String plain(String code) {
        return code.strip().toUpperCase(Locale.ROOT);
    }

    /** The reason why a voucher cannot be used for an order, or why one is needed. */
    public sealed interface VoucherProblem extends Pricing.Priced {

        /** The field of a request in which the code was typed. */
        String FIELD = "voucher";

        /** The code is unknown or has ended; the error does not tell which, so that guessing reveals nothing. */
        record Unknown(String code) implements VoucherProblem {}

        /** Fewer uses are left than the order needs. Found by {@code Availability}, which knows the allocated uses. */
        record UsedUp(String code) implements VoucherProblem {}

        /** The voucher applies to none of the order's attendees. */
        record ForNobodyHere(String code) implements VoucherProblem {}

        /**
         * A category needs a voucher that unlocks it.
         *
         * @param attendee the attendee's index from 0
         */
        record Missing(String category, int attendee) implements VoucherProblem {}

        /** The error of the field, in plain words and without the code that was typed. */
        default FieldError error() {
            return switch (this) {
                case Unknown ignored ->
                    FieldError.of(FIELD, "voucher-unknown", "This voucher code does not exist or is no longer valid.");
                case UsedUp ignored ->
                    FieldError.of(FIELD, "voucher-used-up", "This voucher has not enough uses left.");
                case ForNobodyHere ignored ->
                    FieldError.of(
                            FIELD,
                            "voucher-not-for-category",
                            "This voucher is for none of the categories that were chosen.");
                case Missing missing ->
                    FieldError.of(
                            FIELD,
                            "category-needs-voucher",
                            "The category {} needs a voucher that unlocks it.",
                            missing.category());
            };
        }
    }
}
