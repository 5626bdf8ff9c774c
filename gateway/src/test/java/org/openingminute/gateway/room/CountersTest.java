package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Counters.Count;

class CountersTest {

    private static final long OPENED = 1_700_000_000;

    private final Counters counters = new Counters(OPENED);

    @Test
    void counts_of_a_second_are_kept_for_twenty_minutes_and_totals_for_good() {
        counters.add(Count.ADMITTED, OPENED, 7);
        counters.begin(OPENED + 1199, 0, 0);
        assertThat(counters.of(Count.ADMITTED, OPENED)).isEqualTo(7);
        counters.begin(OPENED + 1200, 0, 0);
        assertThat(counters.of(Count.ADMITTED, OPENED)).isZero();
        assertThat(counters.of(Count.ADMITTED, OPENED + 1200)).isZero();
        assertThat(counters.total(Count.ADMITTED)).isEqualTo(7);
    }

    @Test
    void longest_wait_of_a_second_stands_and_not_the_sum() {
        counters.begin(OPENED + 1, 0, 0);
        counters.add(Count.WAIT_MILLIS, OPENED, 130);
        counters.add(Count.WAIT_MILLIS, OPENED, 700);
        counters.add(Count.WAIT_MILLIS, OPENED, 30);
        assertThat(counters.of(Count.WAIT_MILLIS, OPENED)).isEqualTo(700);
    }

    @Test
    void count_of_a_forgotten_second_changes_no_other() {
        counters.begin(OPENED + 1300, 0, 0);
        counters.add(Count.CAME, OPENED + 100, 1);
        assertThat(counters.sum(Count.CAME, OPENED, OPENED + 1301)).isZero();
    }

    @Test
    void registration_counts_for_the_second_and_the_age_of_its_admission() {
        counters.begin(OPENED + 31, 0, 0);
        counters.used(OPENED, OPENED + 31);
        assertThat(counters.of(Count.USED, OPENED)).isEqualTo(1);
        assertThat(counters.usedByAge()[2]).isEqualTo(1);
    }

    @Test
    void second_of_a_call_is_found_by_where_the_line_stood() {
        counters.begin(OPENED + 1, 0, 50);
        counters.begin(OPENED + 2, 10, 50);
        counters.begin(OPENED + 3, 10, 50);
        counters.begin(OPENED + 4, 30.5, 50);
        assertThat(counters.calledIn(9)).isEqualTo(OPENED + 1);
        assertThat(counters.calledIn(10)).isEqualTo(OPENED + 3);
        assertThat(counters.calledIn(30)).isEqualTo(OPENED + 3);
        assertThat(counters.calledIn(31)).isEqualTo(OPENED + 4);
    }

    @Test
    void line_ahead_of_the_given_numbers_has_called_these_alone() {
        counters.begin(OPENED + 1, 94, 3);
        assertThat(counters.stood(OPENED + 1)).isEqualTo(3);
    }

    /** An earlier version counted a line that was ahead. */
    @Test
    void stored_line_ahead_of_the_given_numbers_falls_back_to_them() {
        counters.begin(OPENED + 1, 94, 94);
        counters.begin(OPENED + 2, 94, 3);
        assertThat(counters.stood(OPENED + 2)).isEqualTo(3);
    }

    @Test
    void waiting_is_issued_minus_called() {
        counters.begin(OPENED + 1, 10.5, 50);
        assertThat(counters.of(Count.WAITING, OPENED + 1)).isEqualTo(40);
    }
}
