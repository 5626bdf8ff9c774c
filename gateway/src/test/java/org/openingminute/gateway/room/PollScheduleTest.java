package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollScheduleTest {

    private final PollSchedule schedule = new PollSchedule();

    @ParameterizedTest
    @CsvSource({"0, 3", "4, 3", "60, 30", "240, 120", "1800, 120", "3600, 600"})
    void page_asks_again_after_half_of_the_time_left(double left, int seconds) {
        assertThat(schedule.next(left, 1, 1000)).isEqualTo(seconds);
    }

    @Test
    void polls_are_put_off_where_a_second_is_full_and_not_past_the_call() {
        Map<Integer, Integer> polls = polls(10_000, 100, 1);
        assertThat(polls.keySet()).allMatch(second -> second >= 50 && second <= 80);
        assertThat(polls.values()).allMatch(count -> count < 10_000 / 31 + 2);
    }

    @Test
    void second_that_is_not_full_takes_two_hundred_polls() {
        Map<Integer, Integer> polls = polls(1000, 20, 1);
        assertThat(polls).containsExactlyInAnyOrderEntriesOf(Map.of(10, 200, 11, 200, 12, 200, 13, 200, 14, 200));
    }

    @Test
    void fast_line_is_polled_five_times_for_each_number() {
        assertThat(polls(1000, 20, 100)).containsExactlyInAnyOrderEntriesOf(Map.of(10, 500, 11, 500));
    }

    @Test
    void those_far_back_leave_room_for_those_who_cannot_wait() {
        polls(120, 200, 1);
        assertThat(schedule.next(200, 1, 0)).isEqualTo(101);
        assertThat(schedule.next(20, 1, 90)).isEqualTo(10);
    }

    @Test
    void seconds_that_have_passed_are_free_again() {
        polls(200, 6, 1);
        assertThat(schedule.next(6, 1, 0)).isEqualTo(4);
        assertThat(schedule.next(6, 1, 4096)).isEqualTo(3);
    }

    @Test
    void page_that_waits_for_a_draw_asks_seldom_and_within_a_minute_after_it() {
        assertThat(schedule.gathering(3000, 0)).isEqualTo(300);
        assertThat(schedule.gathering(10.4, 0)).isEqualTo(11);
        Map<Integer, Integer> last = gathering(20_000, 200);
        assertThat(last.keySet()).allMatch(second -> second >= 200 && second <= 260);
        assertThat(last.values()).allMatch(count -> count < 20_000 / 61 + 2);
    }

    @Test
    void polls_of_200000_who_gather_stay_bounded() {
        assertThat(gathering(200_000, 3500).values()).allMatch(count -> count <= 200);
    }

    private Map<Integer, Integer> gathering(int pages, double left) {
        Map<Integer, Integer> polls = new HashMap<>();
        for (int i = 0; i < pages; i++) {
            polls.merge(schedule.gathering(left, 0), 1, Integer::sum);
        }
        return polls;
    }

    private Map<Integer, Integer> polls(int pages, double left, double pace) {
        Map<Integer, Integer> polls = new HashMap<>();
        for (int i = 0; i < pages; i++) {
            polls.merge(schedule.next(left, pace, 0), 1, Integer::sum);
        }
        return polls;
    }
}
