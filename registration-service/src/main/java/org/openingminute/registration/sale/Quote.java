package org.openingminute.registration.sale;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an order costs. To the minor unit, {@code total} is the sum of the lines, less the discount, plus the tax.
 *
 * @param lines before the discount, attendee by attendee
 * @param discount what a voucher takes off; not negative
 * @param phase the code of the phase whose prices these are
 * @param voucher the voucher's code in the definition's spelling; {@code null} without one
 * @param voucherUses how many uses it takes: one for each attendee whose line it touches
 */
public record Quote(
        List<Line> lines,
        Money discount,
        Money tax,
        Money total,
        String phase,
        @Nullable String voucher,
        int voucherUses)
        implements Pricing.Priced {

    /** @throws IllegalArgumentException if it does not add up, or something in it is negative */
    public Quote {
        lines = List.copyOf(lines);
        Money sum = Money.zero(total.currency());
        for (Line line : lines) {
            sum = sum.plus(line.amount());
        }
        if (!sum.minus(discount).plus(tax).equals(total)) {
            throw new IllegalArgumentException("a quote that does not add up");
        }
        if (discount.amount() < 0 || tax.amount() < 0 || total.amount() < 0) {
            throw new IllegalArgumentException("a quote below nothing");
        }
    }

    /**
     * A line.
     *
     * @param attendee the attendee's place from 0, or {@code null} where it is for all
     * @param amount {@code quantity} times {@code unit}
     */
    public record Line(String description, @Nullable Integer attendee, int quantity, Money unit, Money amount) {

        /** @throws IllegalArgumentException if amount is not quantity times unit */
        public Line {
            if (!unit.times(quantity).equals(amount)) {
                throw new IllegalArgumentException("a line that does not add up");
            }
        }
    }
}
