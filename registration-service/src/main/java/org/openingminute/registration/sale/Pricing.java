package org.openingminute.registration.sale;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.SaleTerms.AddOn;
import org.openingminute.registration.sale.Voucher.VoucherProblem;

/** Calculates the price of orders. */
public final class Pricing {

    private Pricing() {}

    /** A {@link Quote}, or the {@link VoucherProblem} that prevents one. */
    public sealed interface Priced permits Quote, VoucherProblem {}

    /**
     * Calculates the price of an order in which {@code OrderCheck} found no errors. Discounts are rounded half up on each line; tax is
     * added and rounded once on the sum. Other code checks whether enough seats and uses of the voucher are left.
     *
     * @param phase the phase whose prices apply
     * @param now the time at which the voucher is used
     * @throws IllegalArgumentException if the definition lacks a category or an add-on of the order
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
            if (voucher == null || voucher.endedAt(now)) {
                return Optional.of(new VoucherProblem.Unknown(code));
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
     * The price of an order. {@code total} is exactly the sum of the lines, less the discount, plus the tax.
     *
     * @param lines the lines before the discount, attendee by attendee
     * @param discount the voucher's discount; not negative
     * @param phase the code of the phase that gave the prices
     * @param voucher the voucher's code in the definition's spelling; {@code null} without one
     * @param voucherUses how many uses it needs: one for each attendee to whose line it applies
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

        /** @throws IllegalArgumentException if it does not add up or contains a negative amount */
        public Quote {
            lines = List.copyOf(lines);
            Money sum = Money.zero(total.currency());
            for (PriceLine line : lines) {
                sum = sum.plus(line.amount());
            }
            if (!sum.minus(discount).plus(tax).equals(total)) {
                throw new IllegalArgumentException("the quote does not add up");
            }
            if (discount.amount() < 0 || tax.amount() < 0 || total.amount() < 0) {
                throw new IllegalArgumentException("the quote is negative");
            }
        }

        /**
         * A line.
         *
         * @param attendee the attendee's index from 0, or {@code null} if it is for all
         * @param amount {@code quantity} times {@code unit}
         */
        public record PriceLine(
                String description, @Nullable Integer attendee, int quantity, Money unit, Money amount) {

            /** @throws IllegalArgumentException if amount is not quantity times unit */
            public PriceLine {
                if (!unit.times(quantity).equals(amount)) {
                    throw new IllegalArgumentException("the line does not add up");
                }
            }
        }
    }
}
