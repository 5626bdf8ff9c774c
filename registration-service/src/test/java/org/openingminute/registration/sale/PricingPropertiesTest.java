package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.Property;
import org.openingminute.registration.sale.Pricing.Quote;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves by random orders that amounts add up to the minor unit for every currency, voucher and tax. */
class PricingPropertiesTest {

    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    private static final int CASES = 1_000;
    private static final List<String> VOUCHERS = List.of("PERCENT", "AMOUNT", "UNLOCK", "WHOLE");

    @Test
    void the_total_is_lines_less_discount_plus_tax_and_never_negative() {
        Property.holds(CASES, random -> {
            Definition definition = definition(random);
            Order order = order(definition, random);
            Quote quote = quoted(definition, order);

            long lines = 0;
            for (Quote.PriceLine line : quote.lines()) {
                assertThat(line.amount().amount())
                        .isEqualTo(line.quantity() * line.unit().amount());
                assertThat(line.amount().amount()).isNotNegative();
                lines += line.amount().amount();
            }
            assertThat(quote.total().amount())
                    .isEqualTo(lines - quote.discount().amount() + quote.tax().amount())
                    .isNotNegative();
            assertThat(quote.discount().amount()).isNotNegative();
            assertThat(quote.tax().amount()).isNotNegative();
            assertThat(quote.total().currency())
                    .isEqualTo(definition.registration().currency());
        });
    }

    @Test
    void a_discount_sums_rounded_prices_and_never_exceeds_them() {
        Property.holds(CASES, random -> {
            Definition definition = definition(random);
            Order order = order(definition, random);
            Quote quote = quoted(definition, order);
            long touched = 0;
            long discount = 0;
            int uses = 0;
            @Nullable String code = order.voucher();
            if (code != null) {
                Voucher voucher = definition.registration().voucher(code).orElseThrow();
                for (Order.OrderLine line : order.attendees()) {
                    if (voucher.touches(line.category())) {
                        long price = price(definition, line);
                        touched += price;
                        discount += off(voucher, price);
                        uses++;
                    }
                }
            }
            assertThat(quote.discount().amount()).isEqualTo(discount).isLessThanOrEqualTo(touched);
            assertThat(quote.voucherUses()).isEqualTo(uses);
        });
    }

    @Test
    void tax_is_rounded_once_half_up_on_the_sum() {
        Property.holds(CASES, random -> {
            Definition definition = definition(random);
            Quote quote = quoted(definition, order(definition, random));
            long net = quote.total().amount() - quote.tax().amount();
            BigDecimal exact = BigDecimal.valueOf(net)
                    .multiply(definition.registration().taxPercent())
                    .movePointLeft(2);
            BigDecimal error = BigDecimal.valueOf(quote.tax().amount()).subtract(exact);
            assertThat(error).isGreaterThan(new BigDecimal("-0.5")).isLessThanOrEqualTo(new BigDecimal("0.5"));
        });
    }

    @Test
    void a_full_discount_leaves_only_add_ons_to_pay() {
        Property.holds(CASES, random -> {
            Definition definition = definition(random);
            List<Order.OrderLine> lines = order(definition, random).attendees().stream()
                    .map(line -> line.category().equals("u") ? new Order.OrderLine("c2", line.addOns()) : line)
                    .toList();
            Order order = new Order(lines, "whole");
            Quote quote = quoted(definition, order);
            long addOns = order.attendees().stream()
                    .flatMap(line -> line.addOns().stream())
                    .mapToLong(extra -> extra.quantity()
                            * definition
                                    .registration()
                                    .addOn(extra.code())
                                    .orElseThrow()
                                    .amount())
                    .sum();
            assertThat(quote.total().amount() - quote.tax().amount()).isEqualTo(addOns);
        });
    }

    @Test
    void the_order_of_the_attendees_makes_no_difference() {
        Property.holds(CASES, random -> {
            Definition definition = definition(random);
            Order order = order(definition, random);
            List<Order.OrderLine> shuffled = new ArrayList<>(order.attendees());
            Collections.shuffle(shuffled, Random.from(random));
            Quote one = quoted(definition, order);
            Quote other = quoted(definition, new Order(shuffled, order.voucher()));
            assertThat(other.total()).isEqualTo(one.total());
            assertThat(other.discount()).isEqualTo(one.discount());
            assertThat(other.tax()).isEqualTo(one.tax());
            assertThat(other.voucherUses()).isEqualTo(one.voucherUses());
        });
    }

    @Test
    void one_attendee_more_is_never_cheaper() {
        Property.holds(CASES, random -> {
            Definition definition = definition(random);
            Order order = order(definition, random);
            List<Order.OrderLine> more = new ArrayList<>(order.attendees());
            more.add(random.nextInt(more.size() + 1), line(definition, order.voucher(), random));
            assertThat(quoted(definition, new Order(more, order.voucher()))
                            .total()
                            .amount())
                    .isGreaterThanOrEqualTo(quoted(definition, order).total().amount());
        });
    }

    @Test
    void words_name_the_same_amount_whatever_the_currencys_decimals() {
        assertThat(new Money(1234, "JPY").inWords()).isEqualTo("JPY 1234");
        assertThat(new Money(1234, "USD").inWords()).isEqualTo("USD 12.34");
        assertThat(new Money(1234, "KWD").inWords()).isEqualTo("KWD 1.234");
    }

    /** Rounds half up in integers: price × ten-thousandths of a percent / 1,000,000. */
    private static long off(Voucher voucher, long price) {
        @Nullable BigDecimal percent = voucher.percentOff();
        if (percent != null) {
            long parts = percent.movePointRight(4)
                    .setScale(0, RoundingMode.UNNECESSARY)
                    .longValueExact();
            return Math.floorDiv(price * parts + 500_000, 1_000_000);
        }
        @Nullable Long amount = voucher.amountOff();
        return amount == null ? 0 : Math.min(price, amount);
    }

    private static long price(Definition definition, Order.OrderLine line) {
        return definition
                .registration()
                .category(line.category())
                .orElseThrow()
                .amountIn(definition.registration().phases().getFirst());
    }

    private static Quote quoted(Definition definition, Order order) {
        return (Quote)
                Pricing.quote(definition, definition.registration().phases().getFirst(), order, NOW);
    }

    /** Categories c0 to c2, and u for holders of UNLOCK only; add-ons x0 to x2; four vouchers. */
    private static Definition definition(RandomGenerator random) {
        ObjectNode definition = (ObjectNode) Examples.json(Examples.small(""));
        ObjectNode terms = definition.withObject("registration");
        terms.put("currency", List.of("JPY", "USD", "KWD").get(random.nextInt(3)));
        terms.put("taxPercent", Examples.percent(random));
        ArrayNode categories = terms.putArray("categories");
        for (String code : List.of("c0", "c1", "c2", "u")) {
            ObjectNode category = categories.addObject().put("code", code).put("name", code);
            category.putObject("amounts").put("only", amount(random));
            category.put("needsVoucher", code.equals("u"));
        }
        ArrayNode addOns = terms.putArray("addOns");
        for (String code : List.of("x0", "x1", "x2")) {
            addOns.addObject()
                    .put("code", code)
                    .put("name", code)
                    .put("amount", amount(random))
                    .put("maxPerAttendee", 5);
        }
        ArrayNode vouchers = terms.putArray("vouchers");
        vouchers.addObject().put("code", "WHOLE").put("percentOff", 100);
        ObjectNode percent = vouchers.addObject().put("code", "PERCENT").put("percentOff", Examples.percent(random));
        percent.putArray("categories").add("c0").add("c1");
        vouchers.addObject()
                .put("code", "AMOUNT")
                .put("amountOff", amount(random))
                .putArray("categories")
                .add("c0");
        ObjectNode unlock = vouchers.addObject().put("code", "UNLOCK");
        unlock.putArray("unlocks").add("u");
        if (random.nextBoolean()) {
            unlock.put("percentOff", random.nextInt(101));
        }
        return Examples.read(definition);
    }

    private static long amount(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(10);
            case 2 -> random.nextInt(200_000);
            default -> random.nextLong(1_000_000_000L);
        };
    }

    /** 1 to 10 attendees; if there is a voucher, it applies to at least one of them. */
    private static Order order(Definition definition, RandomGenerator random) {
        @Nullable String voucher = random.nextInt(3) == 0 ? null : VOUCHERS.get(random.nextInt(VOUCHERS.size()));
        List<Order.OrderLine> lines = new ArrayList<>();
        int others = random.nextInt(10);
        for (int i = 0; i < others; i++) {
            lines.add(line(definition, voucher, random));
        }
        String touched = "UNLOCK".equals(voucher) ? "u" : "c0";
        lines.add(random.nextInt(lines.size() + 1), new Order.OrderLine(touched, extras(random)));
        return new Order(lines, voucher);
    }

    private static Order.OrderLine line(Definition definition, @Nullable String voucher, RandomGenerator random) {
        List<String> open = definition.registration().categories().stream()
                .filter(category -> !category.needsVoucher() || "UNLOCK".equals(voucher))
                .map(Category::code)
                .toList();
        return new Order.OrderLine(open.get(random.nextInt(open.size())), extras(random));
    }

    private static List<Order.Extra> extras(RandomGenerator random) {
        List<Order.Extra> extras = new ArrayList<>();
        for (String code : List.of("x0", "x1", "x2")) {
            if (random.nextInt(3) == 0) {
                extras.add(new Order.Extra(code, 1 + random.nextInt(5)));
            }
        }
        return extras;
    }
}
