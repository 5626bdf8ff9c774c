package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineTest {

    private final Line line = new Line(100, 10, 50, 20, 0);

    @Test
    void line_runs_at_its_rate_up_to_the_last_number_given() {
        assertThat(line.at(50, 1000)).isEqualTo(100);
        assertThat(line.at(50.5, 1000)).isEqualTo(105);
        assertThat(line.at(60, 130)).isEqualTo(130);
    }

    @Test
    void line_does_not_go_back_where_clocks_or_counts_are_behind() {
        assertThat(line.at(49, 1000)).isEqualTo(100);
        assertThat(line.at(60, 90)).isEqualTo(100);
    }

    @Test
    void time_left_goes_by_the_pace_and_not_by_the_rate_of_a_second() {
        assertThat(line.secondsTo(300, 50, 1000)).isEqualTo(10);
        assertThat(line.secondsTo(99, 50, 1000)).isZero();
    }

    @Test
    void estimate_is_a_range_with_some_seconds_for_those_in_front() {
        assertThat(Line.estimate(100)).isEqualTo(new Line.Estimate(70, 150));
        assertThat(Line.estimate(0)).isEqualTo(new Line.Estimate(0, 15));
    }
}
