package org.openingminute.registration.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.inventory.Inventory.Allocated;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Examples;

/**
 * Proves when freed seats are withheld and sold again: ten seats, at most five in category b. Each batch reads what the one before has
 * written.
 */
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
        Inventory inventory =
                new Inventory(Map.of(CAPACITY, new Allocated(1, 2, null), B, new Allocated(0, 1, null)), ten, NOW);
        inventory.change(SEAT, 2, 0);
        inventory.change(SEAT, -1, 1);

        assertThat(inventory.allocated(CAPACITY)).isEqualTo(new Allocated(2, 3, null));
        assertThat(inventory.sums()).containsEntry(CAPACITY, 5).containsEntry(A, 2);
        assertThat(inventory.changed())
                .isEqualTo(Map.of(CAPACITY, new Allocated(2, 3, null), A, new Allocated(1, 1, null)));
        assertThat(inventory.freesForOthers()).isFalse();
    }

    @Test
    void only_taken_seats_can_be_returned() {
        Inventory inventory =
                new Inventory(Map.of(CAPACITY, new Allocated(1, 0, null), A, new Allocated(1, 0, null)), ten, NOW);
        assertThatThrownBy(() -> inventory.change(SEAT, 0, -1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_limit_in_the_way_is_named() {
        Inventory inventory = new Inventory(allocated(6, 5), ten, NOW);
        assertThat(inventory.firstShort(allocation("a"))).isEmpty();
        assertThat(inventory.firstShort(allocation("b"))).contains(B);
        assertThat(inventory.firstShort(allocation("a", "a", "a", "a", "a"))).contains(CAPACITY);
        assertThat(inventory.allFreeInsteadOf(allocation("b"), allocation("b"))).isTrue();
        assertThat(inventory.allFreeInsteadOf(allocation("a"), allocation("b"))).isFalse();
    }

    @Test
    void the_last_returned_seat_is_for_sale_200_ms_later() {
        Inventory freeing = new Inventory(allocated(10, 0), ten, NOW);
        freeing.change(SEAT, 0, -1);
        assertThat(freeing.freesForOthers()).isTrue();
        assertThat(freeing.isWithheld(allocation("a")))
                .as("in the batch that frees the seat")
                .isTrue();

        Instant committed = NOW.plusMillis(30);
        Inventory next = after(freeing, committed);
        assertThat(next.allocated(CAPACITY)).isEqualTo(new Allocated(0, 9, committed));
        assertThat(next.changed()).as("the commit's time is written").containsEntry(CAPACITY, next.allocated(CAPACITY));
        assertThat(next.freesForOthers()).as("no other batch has to follow").isFalse();
        assertThat(next.isWithheld(allocation("a"))).isTrue();

        assertThat(after(next, committed.plusMillis(100)).changed())
                .as("the earliest time is kept")
                .isEmpty();
        assertThat(after(next, committed.plusMillis(200).minusNanos(1)).isWithheld(allocation("a")))
                .isTrue();
        assertThat(after(next, committed.plusMillis(200)).isWithheld(allocation("a")))
                .isFalse();
    }

    @Test
    void a_seat_freed_by_a_clock_since_set_back_is_for_sale_200_ms_later() {
        Map<QuotaKey, Allocated> freed = new HashMap<>(allocated(9, 0));
        freed.put(CAPACITY, new Allocated(0, 9, NOW.plusSeconds(3_600)));
        Inventory inventory = new Inventory(freed, ten, NOW);
        assertThat(inventory.isWithheld(allocation("a"))).isTrue();
        assertThat(inventory.changed()).containsEntry(CAPACITY, new Allocated(0, 9, NOW));
        assertThat(after(inventory, NOW.plusMillis(200)).isWithheld(allocation("a")))
                .isFalse();
    }

    @Test
    void a_seat_that_comes_back_beside_others_is_for_sale_at_once() {
        Inventory inventory = new Inventory(allocated(9, 5), ten, NOW);
        inventory.change(SEAT, 0, -1);
        assertThat(inventory.freesForOthers()).isFalse();
        assertThat(inventory.isWithheld(allocation("a"))).isFalse();
    }

    @Test
    void only_orders_of_a_freed_limit_are_withheld() {
        Inventory inventory = new Inventory(allocated(8, 5), ten, NOW);
        inventory.change(B_SEAT, 0, -1);
        assertThat(inventory.isWithheld(allocation("a"))).isFalse();
        assertThat(inventory.isWithheld(allocation("a", "b"))).isTrue();
    }

    @Test
    void a_seat_retaken_in_the_same_batch_defers_nobody() {
        Inventory inventory = new Inventory(allocated(10, 0), ten, NOW);
        inventory.change(SEAT, 0, -1);
        inventory.change(SEAT, 1, 0);
        assertThat(inventory.firstShort(allocation("a")))
                .as("the capacity is named first")
                .contains(CAPACITY);
    }

    @Test
    void a_use_that_a_voucher_keeps_again_frees_nothing_for_others() {
        Definition reserving = Examples.smallWith(
                "\"vouchers\": [{\"code\": \"K\", \"categories\": [\"a\"], \"uses\": 4, \"reserves\": true}]");
        Map<QuotaKey, Integer> withVoucher = Map.of(CAPACITY, 1, A, 1, new QuotaKey.OfVoucher("K"), 1);
        Inventory inventory = new Inventory(allocated(6, 0), Availability.of(reserving, NOW), NOW);
        inventory.change(withVoucher, 1, 0);
        assertThat(inventory.nothingLeft()).containsExactly(CAPACITY);
        inventory.change(withVoucher, -1, 0);
        assertThat(inventory.nothingLeft()).containsExactly(CAPACITY);
        assertThat(inventory.freesForOthers()).isFalse();
    }

    @Test
    void a_use_in_another_category_frees_the_seat_that_its_voucher_kept() {
        Definition reserving = Examples.smallWith("\"vouchers\": [{\"code\": \"K\", \"uses\": 1, \"reserves\": true}]");
        Inventory inventory = new Inventory(allocated(9, 0), Availability.of(reserving, NOW), NOW);
        assertThat(inventory.nothingLeft()).containsExactly(CAPACITY);
        inventory.change(Map.of(new QuotaKey.OfCategory("v"), 1, new QuotaKey.OfVoucher("K"), 1), 1, 0);
        assertThat(inventory.nothingLeft()).isEmpty();
        assertThat(inventory.isWithheld(allocation("a"))).isTrue();
    }

    @Test
    void a_seat_returned_to_a_reservation_that_ends_soon_is_withheld() {
        Map<QuotaKey, Integer> withVoucher = Map.of(CAPACITY, 1, A, 1, new QuotaKey.OfVoucher("K"), 1);
        for (int seconds : List.of(1, 10)) {
            Definition reserving = Examples.smallWith(
                    "\"vouchers\": [{\"code\": \"K\", \"uses\": 1, \"reserves\": true, \"until\": \"%s\"}]"
                            .formatted(NOW.plusSeconds(seconds)));
            Inventory inventory = new Inventory(allocated(9, 0), Availability.of(reserving, NOW), NOW);
            inventory.change(withVoucher, 1, 0);
            inventory.change(withVoucher, -1, 0);
            assertThat(inventory.isWithheld(allocation("a"))).isEqualTo(seconds == 1);
        }
    }

    @Test
    void a_raised_limit_frees_seats_and_an_equal_one_does_not() {
        Inventory inventory = new Inventory(allocated(10, 5), ten, NOW);
        inventory.define(ten);
        assertThat(inventory.freesForOthers()).isFalse();

        inventory.define(Availability.of(withCapacity(11), NOW));
        assertThat(inventory.allocated(CAPACITY).freedAt()).isEqualTo(Allocated.FREED_BY_THIS_BATCH);
        assertThat(inventory.allocated(B).freedAt())
                .as("category b has no seat left")
                .isNull();
        assertThat(inventory.isWithheld(allocation("a"))).isTrue();
    }

    @Test
    void caches_may_refuse_while_something_is_gone_or_was_a_moment_ago() {
        assertThat(new Inventory(allocated(9, 4), ten, NOW).mayRefuseFromCaches())
                .isFalse();
        assertThat(new Inventory(allocated(9, 5), ten, NOW).mayRefuseFromCaches())
                .as("category b is sold out")
                .isTrue();
        Inventory freeing = new Inventory(allocated(10, 0), ten, NOW);
        freeing.change(SEAT, 0, -1);
        assertThat(freeing.mayRefuseFromCaches()).isTrue();
        Inventory next = after(freeing, NOW.plusMillis(30));
        assertThat(next.mayRefuseFromCaches()).isTrue();
        assertThat(after(next, NOW.plusMillis(230)).mayRefuseFromCaches()).isFalse();
    }

    @Test
    void nothing_is_sold_before_there_is_a_definition() {
        Inventory inventory = new Inventory(Map.of(), null, NOW);
        assertThatThrownBy(inventory::nothingLeft).isInstanceOf(IllegalStateException.class);
        inventory.define(ten);
        assertThat(inventory.nothingLeft()).isEmpty();
        assertThat(inventory.freesForOthers()).isFalse();
    }

    /** Returns an allocation of sold seats; {@code inB} of them are in b, the others in a. */
    private static Map<QuotaKey, Allocated> allocated(int seats, int inB) {
        return Map.of(
                CAPACITY,
                new Allocated(0, seats, null),
                A,
                new Allocated(0, seats - inB, null),
                B,
                new Allocated(0, inB, null));
    }

    /** Returns the inventory that the next batch reads after this one's commit. */
    private Inventory after(Inventory before, Instant at) {
        Map<QuotaKey, Allocated> read = new HashMap<>();
        before.sums().keySet().forEach(key -> read.put(key, before.allocated(key)));
        return new Inventory(read, ten, at);
    }

    private Allocation allocation(String... categories) {
        return Allocation.of(small, Examples.order(null, categories));
    }

    private static Definition withCapacity(int seats) {
        return Examples.read(Examples.json(Examples.small("").replace("\"capacity\": 10", "\"capacity\": " + seats)));
    }
}
