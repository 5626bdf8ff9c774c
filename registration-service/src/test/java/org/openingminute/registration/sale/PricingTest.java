package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.Voucher.VoucherProblem;

/** Proves prices, discounts and taxes by examples. */
class PricingTest {

    private static final long SEED = 17L;
    private static final int CASES = 2_000;
    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");

    @Test
    void an_early_academic_with_a_tutorial_pays_800_dollars() {
        Order order =
                new Order(List.of(new Order.OrderLine("academic", List.of(new Order.Extra("tutorials", 1)))), null);
        Quote quote = quoted(Examples.mlsys(), order);
        assertThat(quote.lines())
                .containsExactly(
                        new Quote.PriceLine("Academic", 0, 1, usd(65000), usd(65000)),
                        new Quote.PriceLine("Tutorial day", 0, 1, usd(15000), usd(15000)));
        assertThat(quote.total()).isEqualTo(usd(80000));
        assertThat(quote.discount()).isEqualTo(usd(0));
        assertThat(quote.phase()).isEqualTo("early");
        assertThat(quote.voucher()).isNull();
    }

    @Test
    void a_voucher_lowers_the_prices_of_its_categories_and_no_add_on() {
        Order order = new Order(
                List.of(
                        new Order.OrderLine("student", List.of(new Order.Extra("banquet", 2))),
                        new Order.OrderLine("industry", List.of())),
                "diversity-50");
        Quote quote = quoted(Examples.mlsys(), order);
        assertThat(quote.lines()).extracting(line -> line.amount().amount()).containsExactly(35000L, 22000L, 95000L);
        assertThat(quote.discount()).isEqualTo(usd(17500));
        assertThat(quote.voucherUses()).isEqualTo(1);
        assertThat(quote.voucher()).isEqualTo("DIVERSITY-50");
        assertThat(quote.total()).isEqualTo(usd(134500));
    }

    @Test
    void a_discount_is_rounded_on_each_line_and_tax_once_on_the_sum() {
        Definition definition = Examples.smallWith("""
                "taxPercent": 7.7, "vouchers": [{"code": "HALF", "percentOff": 50}]
                """);
        Quote quote = quoted(definition, Examples.order("Half", "a", "a", "b"));
        // Discount 501 + 501 + 167; 1166 remain; tax 89.782.
        assertThat(quote.discount().amount()).isEqualTo(1169);
        assertThat(quote.tax().amount()).isEqualTo(90);
        assertThat(quote.total().amount()).isEqualTo(1256);
    }

    @Test
    void an_amount_off_never_goes_below_nothing() {
        Definition definition =
                Examples.smallWith("\"taxPercent\": 20, \"vouchers\": [{\"code\": \"F\", \"amountOff\": 400}]");
        Quote quote = quoted(definition, Examples.order("F", "a", "b"));
        assertThat(quote.discount().amount()).isEqualTo(400 + 333);
        assertThat(quote.tax().amount()).isEqualTo(120);
    }

    @Test
    void an_unlocked_category_needs_its_voucher() {
        Definition mlsys = Examples.mlsys();
        assertThat(problem(mlsys, Examples.order(null, "industry", "invited")))
                .isEqualTo(new VoucherProblem.Missing("invited", 1));
        assertThat(problem(mlsys, Examples.order("SPONSOR-TEAM", "industry", "invited")))
                .isEqualTo(new VoucherProblem.Missing("invited", 1));
        assertThat(quoted(mlsys, Examples.order("invited-2026", "industry", "invited"))
                        .voucherUses())
                .isEqualTo(1);
    }

    @Test
    void a_discount_for_everybody_unlocks_nothing() {
        Definition definition = Examples.smallWith("\"vouchers\": [{\"code\": \"ALL\", \"percentOff\": 10}]");
        assertThat(problem(definition, Examples.order("ALL", "a", "i"))).isEqualTo(new VoucherProblem.Missing("i", 1));
    }

    @Test
    void a_voucher_that_is_unknown_or_for_nobody_here_is_a_problem() {
        Definition mlsys = Examples.mlsys();
        assertThat(problem(mlsys, Examples.order("NOPE", "industry"))).isEqualTo(new VoucherProblem.Unknown("NOPE"));
        assertThat(problem(mlsys, Examples.order("SPONSOR-TEAM", "academic")))
                .isEqualTo(new VoucherProblem.ForNobodyHere("SPONSOR-TEAM"));
    }

    @Test
    void a_voucher_can_be_used_in_its_last_second_and_not_after() {
        Definition definition = Examples.smallWith(
                "\"vouchers\": [{\"code\": \"F\", \"percentOff\": 10, \"until\": \"2026-02-02T16:59:59Z\"}]");
        Phase phase = definition.registration().phases().getFirst();
        Order order = Examples.order("F", "a");
        assertThat(Pricing.quote(definition, phase, order, NOW.minusNanos(1))).isInstanceOf(Quote.class);
        assertThat(Pricing.quote(definition, phase, order, NOW)).isEqualTo(new VoucherProblem.Unknown("F"));
    }

    @Test
    void a_quote_that_does_not_add_up_cannot_be_made() {
        assertThatThrownBy(() -> new Quote(List.of(), usd(0), usd(1), usd(0), "p", null, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Quote.PriceLine("x", 0, 2, usd(5), usd(11)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_quote_adds_up_and_no_discount_exceeds_the_prices_it_is_taken_off() {
        System.out.println("seed " + SEED);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        for (int i = 0; i < CASES; i++) {
            BigDecimal tax = BigDecimal.valueOf(random.nextInt(1_000_001), 4);
            boolean percent = random.nextBoolean();
            long off = percent ? random.nextInt(101) : random.nextInt(2_000);
            Definition definition =
                    Examples.smallWith("""
                    "taxPercent": %s, "vouchers": [{"code": "K", "%s": %d, "categories": ["a", "b"]}]
                    """.formatted(tax.toPlainString(), percent ? "percentOff" : "amountOff", off));
            Order order = randomOrder(random);
            long prices = 0;
            long all = 0;
            long discount = 0;
            int touched = 0;
            for (Order.OrderLine line : order.attendees()) {
                long price = definition
                        .registration()
                        .category(line.category())
                        .orElseThrow()
                        .amounts()
                        .getOrDefault("only", -1L);
                all += price
                        + line.addOns().stream()
                                .mapToLong(extra -> 250L * extra.quantity())
                                .sum();
                if (order.voucher() != null && !line.category().equals("v")) {
                    prices += price;
                    discount += percent ? (price * off + 50) / 100 : Math.min(price, off);
                    touched++;
                }
            }
            if (order.voucher() != null && touched == 0) {
                assertThat(problem(definition, order)).isEqualTo(new VoucherProblem.ForNobodyHere("K"));
                continue;
            }
            Quote quote = quoted(definition, order);
            long wholeTax = new BigDecimal(all - discount)
                    .multiply(tax)
                    .movePointLeft(2)
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValueExact();
            assertThat(quote.discount().amount()).isEqualTo(discount).isBetween(0L, prices);
            assertThat(quote.tax().amount()).isEqualTo(wholeTax);
            assertThat(quote.total().amount()).isEqualTo(all - discount + wholeTax);
            assertThat(quote.lines().stream()
                            .mapToLong(line -> line.amount().amount())
                            .sum())
                    .isEqualTo(all);
            assertThat(quote.voucherUses()).isEqualTo(touched);
        }
    }

    private static Order randomOrder(RandomGenerator random) {
        List<Order.OrderLine> lines = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(10); i++) {
            List<Order.Extra> extras =
                    random.nextBoolean() ? List.of() : List.of(new Order.Extra("x", 1 + random.nextInt(2)));
            lines.add(new Order.OrderLine(List.of("a", "b", "v").get(random.nextInt(3)), extras));
        }
        @Nullable String voucher = random.nextBoolean() ? "k" : null;
        return new Order(lines, voucher);
    }

    private static Quote quoted(Definition definition, Order order) {
        return (Quote)
                Pricing.quote(definition, definition.registration().phases().getFirst(), order, NOW);
    }

    private static VoucherProblem problem(Definition definition, Order order) {
        return (VoucherProblem)
                Pricing.quote(definition, definition.registration().phases().getFirst(), order, NOW);
    }

    private static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
