package org.openingminute.registration.sale;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.SaleTerms.AddOn;
import org.openingminute.registration.sale.Voucher.VoucherProblem;

/** Reckons the price of orders. */
public final class Pricing {

    private Pricing() {}

    /** A {@link Quote}, or the {@link VoucherProblem} that stands in its way. */
    public sealed interface Priced permits Quote, VoucherProblem {}

    /**
     * The price of an order that {@code OrderCheck} found nothing wrong with. Discounts are rounded half up on each
     * line; tax is on top, rounded once on the sum. Whether enough is left, also of the voucher's uses, is checked
     * elsewhere.
     *
     * @param phase whose prices hold
     * @param now at which the voucher is used
     * @throws IllegalArgumentException if the definition does not have a category or an add-on of the order
     */
    public static Priced quote(Definition definition, Phase phase, Order order, Instant now) {
        Optional<VoucherProblem> problem = voucherProblem(definition.registration(), order, now);
        return problem.isPresent() ? problem.get() : quote(definition.registration(), phase, order);
    }

    private static Optional<VoucherProblem> voucherProblem(SaleTerms terms, Order order, Instant now) {
        @Nullable Voucher voucher = null;
        String code = order.voucher();
        if (code != null) {
            voucher = terms.voucher(code).orElse(null);
            if (voucher == null) {
                return Optional.of(new VoucherProblem.Unknown(code));
            }
            if (voucher.until() != null && voucher.endedAt(now)) {
                return Optional.of(new VoucherProblem.Ended(voucher.code(), voucher.until()));
            }
            if (order.attendees().stream().map(Order.OrderLine::category).noneMatch(voucher::touches)) {
                return Optional.of(new VoucherProblem.ForNobodyHere(voucher.code()));
            }
        }
        for (int i = 0; i < order.attendees().size(); i++) {
            Category category = category(terms, order.attendees().get(i));
            if (category.needsVoucher() && (voucher == null || !voucher.unlocks(category.code()))) {
                return Optional.of(new VoucherProblem.Missing(category.code(), i));
            }
        }
        return Optional.empty();
    }

    private static Quote quote(SaleTerms terms, Phase phase, Order order) {
        @Nullable
        Voucher voucher =
                Optional.ofNullable(order.voucher()).flatMap(terms::voucher).orElse(null);
        List<Quote.PriceLine> lines = new ArrayList<>();
        Money discount = Money.zero(terms.currency());
        int uses = 0;
        for (int i = 0; i < order.attendees().size(); i++) {
            Category category = category(terms, order.attendees().get(i));
            Money price = new Money(category.amountIn(phase), terms.currency());
            lines.add(line(category.name(), i, 1, price));
            if (voucher != null && voucher.touches(category.code())) {
                discount = discount.plus(voucher.discountOn(price));
                uses++;
            }
            for (Order.Extra extra : order.attendees().get(i).addOns()) {
                AddOn addOn = terms.addOn(extra.code())
                        .orElseThrow(() -> new IllegalArgumentException("no add-on " + extra.code()));
                lines.add(line(addOn.name(), i, extra.quantity(), new Money(addOn.amount(), terms.currency())));
            }
        }
        Money net = lines.stream()
                .map(Quote.PriceLine::amount)
                .reduce(Money.zero(terms.currency()), Money::plus)
                .minus(discount);
        Money tax = net.percent(terms.taxPercent());
        return new Quote(
                lines, discount, tax, net.plus(tax), phase.code(), voucher == null ? null : voucher.code(), uses);
    }

    private static Quote.PriceLine line(String description, int attendee, int quantity, Money unit) {
        return new Quote.PriceLine(description, attendee, quantity, unit, unit.times(quantity));
    }

    private static Category category(SaleTerms terms, Order.OrderLine line) {
        return terms.category(line.category())
                .orElseThrow(() -> new IllegalArgumentException("no category " + line.category()));
    }

    /**
     * The price of an order. To the minor unit, {@code total} is the sum of the lines, less the discount, plus the tax.
     *
     * @param lines before the discount, attendee by attendee
     * @param discount the voucher's; not negative
     * @param phase the code of the phase whose prices these are
     * @param voucher the voucher's code in the definition's spelling; {@code null} without one
     * @param voucherUses how many uses it needs: one for each attendee whose line it touches
     */
    public record Quote(
            List<PriceLine> lines,
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
            for (PriceLine line : lines) {
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
        public record PriceLine(
                String description, @Nullable Integer attendee, int quantity, Money unit, Money amount) {

            /** @throws IllegalArgumentException if amount is not quantity times unit */
            public PriceLine {
                if (!unit.times(quantity).equals(amount)) {
                    throw new IllegalArgumentException("a line that does not add up");
                }
            }
        }
    }
}
