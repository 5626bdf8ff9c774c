package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Opening;
import org.openingminute.gateway.room.WaitingRoom.Counted;

class TallyTest {

    private static final long NOW = 1_770_051_600;

    private final Tally tally = new Tally();

    @Test
    void counts_are_taken_once() {
        tally.add(Count.ARRIVED, NOW, 2);
        tally.add(Count.ARRIVED, NOW, 1);
        tally.add(Count.CAME, NOW - 5, 1);
        tally.waited(30);
        tally.waited(30);
        Counted counted = tally.take();
        assertThat(counted.entries())
                .containsExactlyInAnyOrder(
                        new Counted.Entry(Count.ARRIVED, NOW, 3), new Counted.Entry(Count.CAME, NOW - 5, 1));
        assertThat(counted.waits()).isEqualTo(Map.of(Opening.bin(30), 2));
        assertThat(tally.take().isEmpty()).isTrue();
    }

    @Test
    void place_that_is_shown_twice_is_counted_once() {
        assertThat(tally.isFirstVisit(7)).isTrue();
        assertThat(tally.isFirstVisit(7)).isFalse();
        assertThat(tally.isFirstVisit(8)).isTrue();
    }

    @Test
    void places_that_nobody_can_come_for_any_more_are_forgotten() {
        assertThat(tally.isFirstVisit(100)).isTrue();
        tally.know(0, 0, 50);
        assertThat(tally.isFirstVisit(100)).isFalse();
        assertThat(tally.isFirstVisit(49)).isFalse();
        tally.know(0, 0, 101);
        assertThat(tally.isFirstVisit(100)).isFalse();
        assertThat(tally.isFirstVisit(101)).isTrue();
    }

    @Test
    void next_number_is_the_highest_that_any_gateway_knows() {
        tally.countGiven(4, NOW);
        assertThat(tally.next()).isEqualTo(5);
        tally.know(9, NOW, 0);
        assertThat(tally.next()).isEqualTo(9);
        tally.know(7, NOW, 0);
        assertThat(tally.next()).isEqualTo(9);
    }

    @Test
    void number_given_over_a_second_before_a_lower_one_is_an_inversion() {
        tally.know(100, NOW, 0);
        tally.countGiven(100, NOW - 1);
        assertThat(tally.take().isEmpty()).isTrue();
        tally.countGiven(101, NOW - 2);
        assertThat(tally.take().entries()).containsExactly(new Counted.Entry(Count.INVERTED, NOW - 2, 1));
    }
}
