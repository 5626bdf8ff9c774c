package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Sale.State;

/** Proves the rules of the law one by one; {@link SimulatedOpeningTest} proves their combined effect. */
class CallingLawTest {

    private static final int ISSUED = 100_000;

    private final Counters counters = new Counters(0);
    private long now;
    private Room room = Room.unknown(Capacity.measured(100), 0);

    @Test
    void opening_calls_a_minutes_worth_within_seconds() {
        open(sale(State.OPEN));
        Line line = pass(1, sale(State.OPEN)).line();
        // The target is 80 registrations a second; a share of 0.7 of the admitted registers, and of 0.8 of the called
        // is admitted.
        assertThat(line.pace()).isCloseTo(80 / 0.7 / 0.8, within(1.0));
        assertThat(line.rate()).isCloseTo(4.5 * line.pace(), within(1.0));
    }

    @Test
    void opening_is_careful_where_the_capacity_was_never_measured() {
        room = Room.unknown(Capacity.assumed(100), 0);
        open(sale(State.OPEN));
        Line line = pass(1, sale(State.OPEN)).line();
        assertThat(line.rate()).isLessThan(1.2 * line.pace());
    }

    @Test
    void open_forms_count_in_the_first_minutes() {
        counters.add(Count.ADMITTED, 0, 5000);
        pass(5, sale(State.OPEN), false);
        double empty = CallingLaw.open(Room.unknown(Capacity.measured(100), 0), new Counters(0), sale(State.OPEN), 0)
                .line()
                .credit();
        open(sale(State.OPEN));
        assertThat(room.line().credit()).isCloseTo(empty - 2300, within(300.0));
    }

    @Test
    void seconds_in_which_nobody_moved_the_line_are_made_up_for() {
        room = Room.unknown(Capacity.assumed(100), 0);
        open(sale(State.OPEN));
        counters.begin(5, 0, ISSUED);
        Line line = CallingLaw.next(room, counters, sale(State.OPEN), 5).line();
        assertThat(line.credit()).isCloseTo(5 * 80 / 0.7, within(1.0));
    }

    @Test
    void line_is_known_a_second_before_it_holds() {
        open(sale(State.OPEN));
        Line before = pass(3, sale(State.OPEN)).line();
        Line next = pass(1, sale(State.OPEN)).line();
        assertThat(next.since()).isEqualTo(now + 1);
        assertThat(next.number()).isEqualTo(before.at(now + 1, ISSUED)).isPositive();
    }

    @Test
    void halted_sale_calls_nobody_and_goes_on_where_it_stopped() {
        open(sale(State.OPEN));
        pass(3, sale(State.OPEN));
        double number = pass(1, sale(State.HALTED)).line().number();
        assertThat(number).isPositive();
        assertThat(pass(100, sale(State.HALTED)).line().at(now + 0.9, ISSUED)).isEqualTo(number);
        assertThat(pass(1, sale(State.OPEN)).line().rate()).isPositive();
    }

    @Test
    void sale_that_goes_on_after_minutes_calls_a_minutes_worth_within_seconds() {
        open(sale(State.HALTED));
        pass(600, sale(State.HALTED));
        Line line = pass(1, sale(State.OPEN)).line();
        assertThat(line.rate()).isCloseTo(4.5 * line.pace(), within(1.0));
        assertThat(pass(70, sale(State.OPEN)).line().rate()).isLessThan(1.6 * line.pace());
    }

    @Test
    void last_seats_bound_how_many_are_called() {
        Sale few = new Sale(State.OPEN, 100, 2, OptionalDouble.empty());
        open(few);
        // 1.5 times 100 seats are 75 registrations, from 107 admissions.
        assertThat(pass(15, few).line().number()).isBetween(107.0, 300.0);
        Sale none = new Sale(State.OVER, 0, 2, OptionalDouble.empty());
        assertThat(pass(1, none).line().rate()).isZero();
    }

    @Test
    void line_moves_on_after_minutes_in_which_nothing_was_decided() {
        open(sale(State.OPEN));
        for (int i = 0; i < 400; i++) {
            counters.add(Count.WAIT_MILLIS, now, 5000);
            pass(1, sale(State.OPEN));
        }
        double number = room.line().number();
        assertThat(pass(60, sale(State.OPEN)).line().number()).isGreaterThan(number + 30);
    }

    @Test
    void organisers_wish_is_bounded_by_the_capacity_once_the_queue_was_busy() {
        Sale wish = new Sale(State.OPEN, 1e6, 1, OptionalDouble.of(150));
        open(wish);
        assertThat(pass(1, wish).target()).isEqualTo(150);
        counters.add(Count.WAIT_MILLIS, now, 600);
        assertThat(pass(1, wish).target()).isEqualTo(80);
    }

    @Test
    void target_falls_while_many_stand_refused_at_the_door_to_half_at_most() {
        Sale wish = new Sale(State.OPEN, 1e6, 1, OptionalDouble.of(60));
        open(wish);
        pass(1, wish);
        for (int i = 0; i < 5; i++) {
            counters.add(Count.DECIDED, now, 90);
            counters.add(Count.REFUSED, now, 150);
            pass(1, wish);
        }
        // 600 admitted registrations are waiting for a decision.
        assertThat(room.target()).isCloseTo(50, within(1e-9));
        for (int i = 0; i < 5; i++) {
            counters.add(Count.DECIDED, now, 90);
            counters.add(Count.REFUSED, now, 5000);
            pass(1, wish);
        }
        assertThat(room.target()).isCloseTo(30, within(1e-9));
    }

    private void open(Sale sale) {
        counters.begin(now, 0, ISSUED);
        room = CallingLaw.open(room, counters, sale, now);
    }

    private Room pass(int seconds, Sale sale) {
        return pass(seconds, sale, true);
    }

    private Room pass(int seconds, Sale sale, boolean on) {
        for (int i = 0; i < seconds; i++) {
            now++;
            counters.begin(now, on ? room.line().at(now, ISSUED) : 0, on ? ISSUED : 0);
            room = on ? CallingLaw.next(room, counters, sale, now) : CallingLaw.watch(room, counters, sale, now);
        }
        return room;
    }

    private static Sale sale(State state) {
        return new Sale(state, 1e6, 1, OptionalDouble.empty());
    }
}
