package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Standing.State;

class StandingTest {

    private static final long OPENED = 1_770_051_600;
    private static final long ISSUED = 1000;

    /** The line stands at 100 at first, and at 150 from the tenth second on. */
    private final Counters counters = new Counters(OPENED);

    private final Line line = new Line(150, 2, OPENED + 10, 5, 0);

    StandingTest() {
        counters.begin(OPENED + 9, 100, ISSUED);
        counters.begin(OPENED + 10, 150, ISSUED);
    }

    @Test
    void waiting_place_knows_how_many_are_ahead_and_how_long_they_take() {
        assertThat(standing(place(200), OPENED + 10)).isEqualTo(new Standing(State.WAITING, 50, 10, 0));
        assertThat(standing(place(150), OPENED + 10).ahead()).isZero();
        assertThat(standing(place(200), OPENED + 20).ahead()).isEqualTo(30);
    }

    @Test
    void called_number_is_admitted_when_its_bearer_comes() {
        Place waiting = place(120);
        Standing standing = standing(waiting, OPENED + 12);
        assertThat(standing).isEqualTo(new Standing(State.ADMITTED, 0, 0, OPENED + 9));
        Place admitted = waiting.seen(OPENED + 12, standing);
        assertThat(admitted.visit().isAdmitted()).isTrue();
        assertThat(admitted.visit().seen()).isEqualTo(OPENED + 12);
        assertThat(admitted.seen(OPENED + 50, standing(admitted, OPENED + 50))).isEqualTo(admitted);
    }

    @Test
    void poll_in_the_second_of_the_call_is_no_arrival() {
        Place seen = place(120).seen(OPENED + 9, new Standing(State.WAITING, 1, 1, 0));
        assertThat(seen.visit().isAdmitted()).isFalse();
        assertThat(seen.visit().seen()).isEqualTo(OPENED + 9);
    }

    @Test
    void number_is_missed_when_its_bearer_does_not_come_within_five_minutes() {
        counters.begin(OPENED + 310, 150, ISSUED);
        assertThat(standing(place(120), OPENED + 309).state()).isEqualTo(State.ADMITTED);
        assertThat(standing(place(120), OPENED + 310).state()).isEqualTo(State.MISSED);
    }

    @Test
    void number_that_was_called_before_it_was_given_is_not_missed() {
        counters.begin(OPENED + 400, 150, ISSUED);
        Place late = new Place("mlsys-2026", 1, 120, new Place.Visit(OPENED + 399, OPENED + 399, false), null, false);
        assertThat(standing(late, OPENED + 400)).isEqualTo(new Standing(State.ADMITTED, 0, 0, OPENED + 399));
    }

    @Test
    void admitted_place_is_never_missed() {
        Place admitted = place(120).seen(OPENED + 12, standing(place(120), OPENED + 12));
        counters.begin(OPENED + 5000, 500, ISSUED);
        assertThat(standing(admitted, OPENED + 5000).state()).isEqualTo(State.ADMITTED);
        assertThat(standing(place(120), OPENED + 5000).state()).isEqualTo(State.MISSED);
    }

    @Test
    void admitted_place_stays_so_where_its_room_has_opened_since() {
        Place admitted = place(200).seen(OPENED + 10, new Standing(State.ADMITTED, 0, 0, OPENED + 10));
        assertThat(standing(admitted, OPENED + 10).state()).isEqualTo(State.ADMITTED);
    }

    @Test
    void estimate_is_kept_where_the_number_is_called_within_it() {
        // 20 seconds were reported as 10 to 42.
        assertThat(place(120).keptEstimate(OPENED + 9)).isFalse();
        assertThat(place(120).keptEstimate(OPENED + 10)).isTrue();
        assertThat(place(120).keptEstimate(OPENED + 42)).isTrue();
        assertThat(place(120).keptEstimate(OPENED + 43)).isFalse();
    }

    private Standing standing(Place place, long now) {
        return Standing.of(place, place.number(), line, counters, (double) now, ISSUED);
    }

    private static Place place(long number) {
        return new Place("mlsys-2026", 1, number, new Place.Visit(OPENED, OPENED, false), 20L, false);
    }
}
