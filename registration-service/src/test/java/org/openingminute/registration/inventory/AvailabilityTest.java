package org.openingminute.registration.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.Order;

/** Proves which quotas an order needs and what is left of each for whom, without a database. */
class AvailabilityTest {

    private static final long SEED = 5L;
    private static final int CASES = 500;
    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    private static final QuotaKey CAPACITY = new QuotaKey.Capacity();
    private static final QuotaKey B = new QuotaKey.OfCategory("b");
    private static final QuotaKey K = new QuotaKey.OfVoucher("K");
    private static final String RESERVES_4 =
            "\"vouchers\": [{\"code\": \"K\", \"categories\": [\"a\"], \"uses\": 4, \"reserves\": true}]";

    private final Definition small = Examples.smallWith("");
    private final Definition reserving = Examples.smallWith(RESERVES_4);

    @Test
    void an_order_takes_from_every_quota_that_it_needs() {
        Order order = new Order(
                List.of(
                        new Order.OrderLine("a", List.of(new Order.Extra("x", 2))),
                        new Order.OrderLine("b", List.of(new Order.Extra("x", 1))),
                        new Order.OrderLine("v", List.of())),
                "k");
        Allocation allocation = Allocation.of(reserving, order);
        assertThat(allocation.byCode())
                .containsExactly(
                        Map.entry("add-on:x", 3),
                        Map.entry("capacity", 2),
                        Map.entry("category:a", 1),
                        Map.entry("category:b", 1),
                        Map.entry("category:v", 1),
                        Map.entry("voucher:K", 1));
        assertThat(allocation.reserved()).isEqualTo(Map.of(CAPACITY, 1, new QuotaKey.OfCategory("a"), 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"capacity", "category:student", "add-on:a:b", "voucher:ABC"})
    void a_quota_is_found_again_by_its_code(String code) {
        assertThat(QuotaKey.of(code).code()).isEqualTo(code);
    }

    @Test
    void an_unlimited_quota_has_no_key() {
        assertThatThrownBy(() -> QuotaKey.of("seats")).isInstanceOf(IllegalArgumentException.class);
        assertThat(QuotaKey.of("voucher:abc")).isEqualTo(QuotaKey.of("voucher:ABC"));
    }

    @Test
    void the_last_seat_is_sold_and_no_other() {
        assertThat(shortOf(small, Map.of(CAPACITY, 9), null, "a")).isNull();
        assertThat(shortOf(small, Map.of(CAPACITY, 10), null, "a")).isEqualTo(CAPACITY);
        assertThat(shortOf(small, Map.of(CAPACITY, 9), null, "a", "a")).isEqualTo(CAPACITY);
        assertThat(shortOf(small, Map.of(CAPACITY, 5, B, 5), null, "b")).isEqualTo(B);
        assertThat(shortOf(small, Map.of(CAPACITY, 10), null, "v", "v")).isNull();
    }

    @Test
    void a_reserved_seat_is_for_the_holders_of_the_code_alone() {
        assertThat(shortOf(reserving, Map.of(CAPACITY, 5), null, "a")).isNull();
        assertThat(shortOf(reserving, Map.of(CAPACITY, 6), null, "a")).isEqualTo(CAPACITY);
        assertThat(shortOf(reserving, Map.of(CAPACITY, 6), "K", "a", "a", "a", "a"))
                .isNull();
        assertThat(shortOf(reserving, Map.of(CAPACITY, 8, K, 2), "K", "a", "a", "a"))
                .isEqualTo(K);
        assertThat(shortOf(reserving, Map.of(CAPACITY, 10, K, 4), "K", "a")).isEqualTo(K);
    }

    @Test
    void a_colleague_whom_the_code_does_not_touch_gets_no_reserved_seat() {
        assertThat(shortOf(reserving, Map.of(CAPACITY, 5), "K", "a", "b")).isNull();
        assertThat(shortOf(reserving, Map.of(CAPACITY, 6), "K", "a", "b")).isEqualTo(CAPACITY);
    }

    @Test
    void overlapping_reservations_still_yield_what_is_free() {
        Definition both = Examples.smallWith("""
                "vouchers": [{"code": "K", "uses": 4, "reserves": true}, {"code": "L", "uses": 4, "reserves": true}]
                """);
        assertThat(shortOf(both, Map.of(CAPACITY, 8), "K", "a")).isNull();
        assertThat(shortOf(both, Map.of(CAPACITY, 8), "L", "a")).isNull();
        assertThat(shortOf(both, Map.of(CAPACITY, 8), null, "a")).isEqualTo(CAPACITY);
    }

    @Test
    void a_voucher_that_has_ended_reserves_nothing() {
        Definition ended = Examples.smallWith("""
                "vouchers": [{"code": "K", "uses": 4, "reserves": true, "until": "2026-02-02T16:59:59Z"}]
                """);
        assertThat(Availability.of(ended, NOW).free(Map.of(), CAPACITY)).hasValue(10);
        assertThat(Availability.of(ended, NOW.minusNanos(1)).free(Map.of(), CAPACITY))
                .hasValue(6);
    }

    @ParameterizedTest
    @CsvSource({"0, PLENTY", "8, PLENTY", "9, FEW", "10, NONE", "11, NONE"})
    void few_is_a_tenth(int allocated, Availability.Level level) {
        Category a = small.registration().category("a").orElseThrow();
        assertThat(Availability.of(small, NOW).level(Map.of(CAPACITY, allocated), a))
                .isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"2429, PLENTY", "2430, FEW", "2449, FEW", "2450, NONE"})
    void few_means_at_most_twenty_seats(int allocated, Availability.Level level) {
        Definition mlsys = Examples.mlsys();
        Category industry = mlsys.registration().category("industry").orElseThrow();
        assertThat(Availability.of(mlsys, NOW).level(Map.of(CAPACITY, allocated), industry))
                .isEqualTo(level);
    }

    @Test
    void a_category_without_a_limit_has_always_plenty() {
        Category virtual = small.registration().category("v").orElseThrow();
        assertThat(Availability.of(small, NOW).level(Map.of(CAPACITY, 10), virtual))
                .isEqualTo(Availability.Level.PLENTY);
    }

    @Test
    void a_limit_below_what_is_taken_and_reserved_is_found() {
        assertThat(Availability.of(reserving, NOW).firstBelowAllocated(Map.of(CAPACITY, 6)))
                .isEmpty();
        assertThat(Availability.of(reserving, NOW).firstBelowAllocated(Map.of(CAPACITY, 7)))
                .contains(CAPACITY);
        assertThat(Availability.of(small, NOW).firstBelowAllocated(Map.of(CAPACITY, 6, B, 6)))
                .contains(B);
    }

    @Test
    void no_order_of_arrivals_passes_a_limit_or_breaks_a_promise() {
        System.out.println("seed " + SEED);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        for (int i = 0; i < CASES; i++) {
            Map<QuotaKey, Integer> allocated = new HashMap<>();
            Availability availability = Availability.of(reserving, NOW);
            for (int step = 0; step < 30; step++) {
                @Nullable String voucher = random.nextInt(4) == 0 ? "K" : null;
                String[] categories = new String[1 + random.nextInt(3)];
                for (int k = 0; k < categories.length; k++) {
                    categories[k] = List.of("a", "b", "v").get(random.nextInt(3));
                }
                Allocation allocation = Allocation.of(reserving, Examples.order(voucher, categories));
                if (availability.firstShort(allocated, allocation).isEmpty()) {
                    allocation.amounts().forEach((key, count) -> allocated.merge(key, count, Integer::sum));
                }
                assertThat(availability.firstBelowAllocated(allocated)).isEmpty();
            }
            while (allocated.getOrDefault(K, 0) < 4) {
                Allocation allocation = Allocation.of(reserving, Examples.order("K", "a"));
                assertThat(availability.firstShort(allocated, allocation)).isEmpty();
                allocation.amounts().forEach((key, count) -> allocated.merge(key, count, Integer::sum));
            }
        }
    }

    private static @Nullable QuotaKey shortOf(
            Definition definition, Map<QuotaKey, Integer> allocated, @Nullable String voucher, String... categories) {
        Allocation allocation = Allocation.of(definition, Examples.order(voucher, categories));
        return Availability.of(definition, NOW)
                .firstShort(allocated, allocation)
                .orElse(null);
    }
}
