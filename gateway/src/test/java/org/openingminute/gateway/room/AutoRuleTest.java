package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Counters.Count;

class AutoRuleTest {

    private static final Sale OPEN = new Sale(Sale.State.OPEN, 1000, 1, OptionalDouble.empty());

    private final Counters counters = new Counters(0);
    private final Room room = Room.unknown(Capacity.measured(70), 0);
    private long second;

    @Test
    void room_opens_when_ten_seconds_bring_more_than_nine_tenths() {
        // A share of 0.7 of the arrivals registers: 90 a second are 63 registrations.
        pass(9, 90, 0, 0);
        counters.add(Count.ARRIVED, 9, 90);
        counters.begin(10, 0, 0);
        assertThat(AutoRule.opens(room, counters, OPEN, 10)).isFalse();
        counters.add(Count.ARRIVED, 5, 1);
        assertThat(AutoRule.opens(room, counters, OPEN, 10)).isTrue();
    }

    @Test
    void room_opens_when_registrations_wait_over_a_second_for_two() {
        pass(1, 1, 1500, 0);
        assertThat(AutoRule.opens(room, counters, OPEN, 1)).isFalse();
        pass(1, 1, 1500, 0);
        assertThat(AutoRule.opens(room, counters, OPEN, 2)).isTrue();
    }

    @Test
    void room_does_not_open_for_a_sale_that_is_not_open() {
        pass(10, 1000, 3000, 0);
        assertThat(AutoRule.opens(room, counters, OPEN, 10)).isTrue();
        assertThat(AutoRule.opens(room, counters, sale(Sale.State.HALTED), 10)).isFalse();
        assertThat(AutoRule.opens(room, counters, sale(Sale.State.OVER), 10)).isFalse();
        Sale soldOut = new Sale(Sale.State.OPEN, 0, 1, OptionalDouble.empty());
        assertThat(AutoRule.opens(room, counters, soldOut, 10)).isFalse();
    }

    @Test
    void room_closes_after_a_minute_in_which_nobody_waited_and_few_came() {
        pass(60, 69, 0, 0);
        assertThat(AutoRule.closes(room, counters, OPEN, 60)).isTrue();
        assertThat(AutoRule.closes(room, counters, OPEN, 59)).isFalse();
        pass(60, 71, 0, 0);
        assertThat(AutoRule.closes(room, counters, OPEN, 120)).isFalse();
    }

    @Test
    void room_stays_while_anybody_waited_in_the_last_minute() {
        pass(60, 1, 0, 1);
        pass(59, 1, 0, 0);
        assertThat(AutoRule.closes(room, counters, OPEN, 119)).isFalse();
        pass(1, 1, 0, 0);
        assertThat(AutoRule.closes(room, counters, OPEN, 120)).isTrue();
    }

    @Test
    void room_closes_at_once_when_the_sale_is_over() {
        pass(2, 1000, 0, 500);
        assertThat(AutoRule.closes(room, counters, sale(Sale.State.OVER), 2)).isTrue();
        assertThat(AutoRule.closes(room, counters, sale(Sale.State.HALTED), 2)).isFalse();
    }

    @Test
    void room_closes_at_once_when_all_seats_are_taken() {
        pass(2, 1000, 0, 500);
        Sale soldOut = new Sale(Sale.State.OPEN, 0, 1, OptionalDouble.empty());
        assertThat(AutoRule.closes(room, counters, soldOut, 2)).isTrue();
        assertThat(AutoRule.closes(room, counters, soldOut.halted(), 2))
                .as("while the sale is paused or its state unknown")
                .isFalse();
        assertThat(AutoRule.closes(room, counters, new Sale(Sale.State.OPEN, 1, 1, OptionalDouble.empty()), 2))
                .isFalse();
    }

    private void pass(int seconds, int arrived, int waitMillis, int waiting) {
        for (int i = 0; i < seconds; i++) {
            counters.add(Count.ARRIVED, second, arrived);
            counters.add(Count.WAIT_MILLIS, second, waitMillis);
            second++;
            counters.begin(second, 0, waiting);
        }
    }

    private static Sale sale(Sale.State state) {
        return new Sale(state, 500, 1, OptionalDouble.empty());
    }
}
