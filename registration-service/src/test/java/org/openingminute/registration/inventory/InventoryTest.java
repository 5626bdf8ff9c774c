package org.openingminute.registration.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.inventory.Inventory.Taken;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Examples;

/** Ten seats, five of them at most in category b; each batch sees what the one before has written. */
class InventoryTest {

    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    private static final QuotaKey CAPACITY = new QuotaKey.Capacity();
    private static final QuotaKey A = new QuotaKey.OfCategory("a");
    private static final QuotaKey B = new QuotaKey.OfCategory("b");
    private static final Map<QuotaKey, Integer> SEAT = Map.of(CAPACITY, 1, A, 1);
    private static final Map<QuotaKey, Integer> B_SEAT = Map.of(CAPACITY, 1, B, 1);

    private final Definition small = Examples.smallWith("");
    private final Availability ten = Availability.of(small, NOW);

    @Test
    void held_seats_become_sold_and_only_changes_are_written() {
        Inventory stock = new Inventory(Map.of(CAPACITY, new Taken(1, 2, null), B, new Taken(0, 1, null)), ten, NOW);
        stock.change(SEAT, 2, 0);
        stock.change(SEAT, -1, 1);

        assertThat(stock.taken(CAPACITY)).isEqualTo(new Taken(2, 3, null));
        assertThat(stock.sums()).containsEntry(CAPACITY, 5).containsEntry(A, 2);
        assertThat(stock.changed()).isEqualTo(Map.of(CAPACITY, new Taken(2, 3, null), A, new Taken(1, 1, null)));
        assertThat(stock.freesForOthers()).isFalse();
    }

    @Test
    void only_taken_seats_can_be_returned() {
        Inventory stock = new Inventory(Map.of(CAPACITY, new Taken(1, 0, null), A, new Taken(1, 0, null)), ten, NOW);
        assertThatThrownBy(() -> stock.change(SEAT, 0, -1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_limit_in_the_way_is_named() {
        Inventory stock = new Inventory(taken(6, 5), ten, NOW);
        assertThat(stock.firstShort(takes("a"))).isEmpty();
        assertThat(stock.firstShort(takes("b"))).contains(B);
        assertThat(stock.firstShort(takes("a", "a", "a", "a", "a"))).contains(CAPACITY);
        assertThat(stock.allFreeInsteadOf(takes("b"), takes("b"))).isTrue();
        assertThat(stock.allFreeInsteadOf(takes("a"), takes("b"))).isFalse();
    }

    @Test
    void the_last_returned_seat_is_for_sale_a_second_later() {
        Inventory freeing = new Inventory(taken(10, 0), ten, NOW);
        freeing.change(SEAT, 0, -1);
        assertThat(freeing.freesForOthers()).isTrue();
        assertThat(freeing.notForSaleYet(takes("a")))
                .as("in the batch that frees it")
                .isEqualTo(Duration.ofSeconds(1));

        Instant committed = NOW.plusMillis(30);
        Inventory next = after(freeing, committed);
        assertThat(next.taken(CAPACITY)).isEqualTo(new Taken(0, 9, committed));
        assertThat(next.changed()).as("its own time is written").containsEntry(CAPACITY, next.taken(CAPACITY));
        assertThat(next.freesForOthers()).as("nobody has to come after it").isFalse();
        assertThat(next.notForSaleYet(takes("a"))).isEqualTo(Duration.ofSeconds(1));

        assertThat(after(next, committed.plusMillis(400)).notForSaleYet(takes("a")))
                .isEqualTo(Duration.ofMillis(600));
        assertThat(after(next, committed.plusMillis(400)).changed())
                .as("the first time counts")
                .isEmpty();
        assertThat(after(next, committed.plus(Inventory.SOLD_AGAIN_AFTER).minusNanos(1))
                        .notForSaleYet(takes("a")))
                .isEqualTo(Duration.ofNanos(1));
        assertThat(after(next, committed.plus(Inventory.SOLD_AGAIN_AFTER)).notForSaleYet(takes("a")))
                .isZero();
    }

    @Test
    void a_seat_that_comes_back_beside_others_is_for_sale_at_once() {
        Inventory stock = new Inventory(taken(9, 5), ten, NOW);
        stock.change(SEAT, 0, -1);
        assertThat(stock.freesForOthers()).isFalse();
        assertThat(stock.notForSaleYet(takes("a"))).isZero();
    }

    @Test
    void only_who_wants_what_was_gone_waits_for_it() {
        Inventory stock = new Inventory(taken(8, 5), ten, NOW);
        stock.change(B_SEAT, 0, -1);
        assertThat(stock.notForSaleYet(takes("a"))).isZero();
        assertThat(stock.notForSaleYet(takes("a", "b"))).isEqualTo(Duration.ofSeconds(1));
        assertThat(stock.firstNotForSaleYet(takes("a", "b"))).contains(B);
        assertThat(stock.firstNotForSaleYet(takes("a"))).isEmpty();
    }

    @Test
    void a_seat_retaken_in_the_same_batch_defers_nobody() {
        Inventory stock = new Inventory(taken(10, 0), ten, NOW);
        stock.change(SEAT, 0, -1);
        stock.change(SEAT, 1, 0);
        assertThat(stock.firstShort(takes("a")))
                .as("it is gone, and that is said first")
                .contains(CAPACITY);
    }

    @Test
    void a_use_that_a_voucher_keeps_again_frees_nothing_for_others() {
        Definition reserving = Examples.smallWith(
                "\"vouchers\": [{\"code\": \"K\", \"categories\": [\"a\"], \"uses\": 4, \"reserves\": true}]");
        Map<QuotaKey, Integer> withVoucher = Map.of(CAPACITY, 1, A, 1, new QuotaKey.OfVoucher("K"), 1);
        Inventory stock = new Inventory(taken(6, 0), Availability.of(reserving, NOW), NOW);
        stock.change(withVoucher, 1, 0);
        assertThat(stock.nothingLeft()).containsExactly(CAPACITY);
        stock.change(withVoucher, -1, 0);
        assertThat(stock.nothingLeft()).containsExactly(CAPACITY);
        assertThat(stock.freesForOthers()).isFalse();
    }

    @Test
    void a_raised_limit_frees_seats_and_an_equal_one_does_not() {
        Inventory stock = new Inventory(taken(10, 5), ten, NOW);
        stock.define(ten);
        assertThat(stock.freesForOthers()).isFalse();

        stock.define(Availability.of(withCapacity(11), NOW));
        assertThat(stock.taken(CAPACITY).freedAt()).isEqualTo(Taken.FREED_BY_THIS_BATCH);
        assertThat(stock.taken(B).freedAt()).as("of b there is still nothing").isNull();
        assertThat(stock.notForSaleYet(takes("a"))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void a_new_definition_is_for_sale_a_second_later() {
        Inventory stock = new Inventory(taken(3, 0), ten, NOW);
        stock.redefine(Availability.of(withCapacity(10), NOW), List.of(CAPACITY, A));
        assertThat(stock.taken(CAPACITY)).isEqualTo(new Taken(0, 3, Taken.FREED_BY_THIS_BATCH));
        assertThat(stock.freesForOthers()).isTrue();
        assertThat(stock.notForSaleYet(takes("a"))).isEqualTo(Duration.ofSeconds(1));
        assertThat(after(stock, NOW.plusSeconds(1)).notForSaleYet(takes("a"))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void nothing_is_sold_before_there_is_a_definition() {
        Inventory stock = new Inventory(Map.of(), null, NOW);
        assertThatThrownBy(stock::nothingLeft).isInstanceOf(IllegalStateException.class);
        stock.define(ten);
        assertThat(stock.nothingLeft()).isEmpty();
        assertThat(stock.freesForOthers()).isFalse();
    }

    /** So many seats are sold, so many of them in b and the others in a. */
    private static Map<QuotaKey, Taken> taken(int seats, int inB) {
        return Map.of(
                CAPACITY, new Taken(0, seats, null), A, new Taken(0, seats - inB, null), B, new Taken(0, inB, null));
    }

    /** What another batch reads once this one is committed. */
    private Inventory after(Inventory before, Instant at) {
        Map<QuotaKey, Taken> read = new HashMap<>();
        before.sums().keySet().forEach(key -> read.put(key, before.taken(key)));
        return new Inventory(read, ten, at);
    }

    private Allocation takes(String... categories) {
        return Allocation.of(small, Examples.order(null, categories));
    }

    private static Definition withCapacity(int seats) {
        return Examples.read(Examples.json(Examples.small("").replace("\"capacity\": 10", "\"capacity\": " + seats)));
    }
}
