package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Counters.Count;

class CapacityTest {

    private final Counters counters = new Counters(0);
    private long now;

    @Test
    void capacity_rises_to_the_mean_of_five_seconds_at_once() {
        assertThat(after(Capacity.assumed(50), 5, 80, 0, 700)).isEqualTo(new Capacity(80, true, 5));
    }

    @Test
    void capacity_falls_by_a_twentieth_a_second_once_five_seconds_were_busy() {
        Capacity four = after(Capacity.measured(100), 4, 30, 0, 700);
        assertThat(four.perSecond()).isEqualTo(100);
        assertThat(after(four, 2, 30, 0, 700).perSecond()).isCloseTo(90.25, within(1e-9));
        assertThat(after(four, 60, 30, 0, 700).perSecond()).isEqualTo(30);
    }

    @Test
    void capacity_never_falls_to_nothing() {
        assertThat(after(Capacity.measured(100), 400, 0, 0, 5000).perSecond()).isOne();
    }

    @Test
    void single_full_second_of_a_small_queue_lowers_nothing() {
        Capacity capacity = Capacity.measured(20);
        for (int i = 0; i < 20; i++) {
            capacity = after(after(capacity, 1, 14, 4, 300), 1, 14, 0, 100);
        }
        assertThat(capacity.perSecond()).isEqualTo(20);
    }

    @Test
    void refusing_over_a_tenth_is_busy() {
        assertThat(after(Capacity.measured(50), 5, 90, 10, 100).lastBusy()).isEqualTo(Capacity.NEVER);
        assertThat(after(Capacity.measured(50), 5, 90, 11, 100).lastBusy()).isEqualTo(10);
    }

    @Test
    void quiet_hour_lowers_nothing() {
        assertThat(after(Capacity.measured(100), 3600, 3, 0, 5)).isEqualTo(Capacity.measured(100));
    }

    @Test
    void minute_without_long_waits_shows_that_so_much_is_possible() {
        assertThat(after(Capacity.measured(100), 60, 120, 0, 400).perSecond()).isEqualTo(120);
        assertThat(after(Capacity.assumed(50), 60, 120, 0, 400).isMeasured()).isFalse();
    }

    @Test
    void more_is_tried_while_people_wait_and_two_minutes_were_calm() {
        Capacity busy = new Capacity(100, true, 0);
        Capacity calm = after(busy, 119, 90, 0, 100);
        counters.begin(now, 0, 1);
        assertThat(calm.perSecond()).isEqualTo(100);
        Capacity tried = after(calm, 1, 90, 0, 100);
        assertThat(tried.perSecond()).isCloseTo(101, within(1e-9));
        for (int i = 0; i < 100; i++) {
            tried = after(tried, 1, 90, 0, 100);
        }
        assertThat(tried.perSecond()).isCloseTo(117, within(1e-9));
    }

    private Capacity after(Capacity capacity, int seconds, int decided, int refused, int waitMillis) {
        for (int i = 0; i < seconds; i++) {
            counters.add(Count.DECIDED, now, decided);
            counters.add(Count.REFUSED, now, refused);
            counters.add(Count.WAIT_MILLIS, now, waitMillis);
            now++;
            counters.begin(now, 0, now > 119 ? 1 : 0);
            capacity = capacity.next(counters, now);
        }
        return capacity;
    }
}
