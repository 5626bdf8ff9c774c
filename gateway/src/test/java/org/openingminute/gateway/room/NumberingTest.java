package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumberingTest {

    private final Numbering resumed = Numbering.withoutGaps().resumed(500, 200);

    @Test
    void numbering_goes_on_far_enough_ahead_to_give_none_twice() {
        assertThat(resumed.end()).isEqualTo(10_500);
        assertThat(Numbering.withoutGaps().resumed(500, 8000).end()).isEqualTo(16_500);
    }

    @Test
    void gap_that_nobody_holds_counts_in_nobodys_position() {
        assertThat(Numbering.withoutGaps().place(499)).isEqualTo(499);
        assertThat(resumed.place(499)).isEqualTo(499);
        assertThat(resumed.place(10_500)).isEqualTo(500);
        assertThat(resumed.place(10_501)).isEqualTo(501);
    }

    @Test
    void number_given_just_before_the_loss_keeps_its_place() {
        assertThat(resumed.place(500)).isEqualTo(500);
        assertThat(resumed.place(650)).isEqualTo(500);
    }

    @Test
    void second_loss_leaves_another_gap() {
        Numbering twice = resumed.resumed(10_600, 200);
        assertThat(twice.place(10_599)).isEqualTo(599);
        assertThat(twice.place(20_600)).isEqualTo(600);
        assertThat(twice.end()).isEqualTo(20_600);
    }
}
