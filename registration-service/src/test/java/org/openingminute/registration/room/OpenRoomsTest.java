package org.openingminute.registration.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.admission.Admissions.QueueWatch;
import org.openingminute.registration.room.OpenRooms.RoomBounds;
import org.springframework.boot.context.properties.bind.Binder;

/** Proves how long a reported room stays open and how many requests it admits, with a controlled clock. */
class OpenRoomsTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final OpenRooms rooms = new OpenRooms(new RoomBounds(8, 768), now::get);

    @Test
    void room_is_open_for_ten_seconds_after_it_was_last_reported() {
        assertThat(rooms.isOpen("a")).isFalse();
        rooms.reported("a", 20, 1, null);
        after(Duration.ofMillis(9_999));
        assertThat(rooms.isOpen("a")).isTrue();
        assertThat(rooms.isOpen("b")).isFalse();
        rooms.reported("a", 20, 1, null);
        after(Duration.ofMillis(9_999));
        assertThat(rooms.isOpen("a")).isTrue();
        after(Duration.ofMillis(1));

        assertThat(rooms.isOpen("a")).isFalse();
        assertThat(rooms.most("a")).isEqualTo(QueueWatch.UNBOUNDED);
    }

    @Test
    void room_that_is_not_among_all_that_are_open_is_closed_at_once() {
        rooms.reported("a", 20, 1, null);
        rooms.reported("b", 20, 1, null);
        rooms.closeOthers(List.of("b"));
        assertThat(rooms.isOpen("a")).isFalse();
        assertThat(rooms.isOpen("b")).isTrue();
    }

    @Test
    void half_a_second_of_the_capacity_is_inside_within_bounds() {
        assertThat(most(20)).isEqualTo(10);
        assertThat(most(301)).isEqualTo(150);
        assertThat(most(0)).isEqualTo(8);
        assertThat(most(Double.NaN)).isEqualTo(8);
        assertThat(most(1e12)).isEqualTo(768);
    }

    @Test
    void operator_chooses_the_bounds() {
        OpenRooms bounded = new OpenRooms(new RoomBounds(2, 40), now::get);
        bounded.reported("a", 0, 1, null);
        assertThat(bounded.most("a")).isEqualTo(2);
        bounded.reported("a", 1e12, 1, null);
        assertThat(bounded.most("a")).isEqualTo(40);
    }

    @Test
    void bounds_that_cannot_hold_are_refused() {
        assertThat(new Binder().bindOrCreate("rooms", RoomBounds.class)).isEqualTo(new RoomBounds(8, 768));
        assertThatThrownBy(() -> new RoomBounds(0, 768)).hasMessage("ROOM_FEWEST_INSIDE must be above zero");
        assertThatThrownBy(() -> new RoomBounds(8, 7)).hasMessage("ROOM_MOST_INSIDE is below ROOM_FEWEST_INSIDE");
    }

    @Test
    void instances_share_the_half_second_and_the_floor() {
        assertThat(most(20, 2)).isEqualTo(5);
        assertThat(most(200, 4)).isEqualTo(25);
        assertThat(most(10, 2)).isEqualTo(4);
        assertThat(most(0, 3)).isEqualTo(3);
        assertThat(most(0, 100)).isEqualTo(1);
        assertThat(most(1e12, 2)).isEqualTo(768);
        assertThat(most(20, 0)).as("without a number of instances").isEqualTo(10);
    }

    private int most(double capacity) {
        return most(capacity, 1);
    }

    private int most(double capacity, int instances) {
        rooms.reported("a", capacity, instances, null);
        return rooms.most("a");
    }

    private void after(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
