package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.openingminute.gateway.room.WaitingRoom.Mode;
import org.openingminute.gateway.room.WaitingRoom.Reported;
import org.openingminute.gateway.room.WaitingRoom.State;
import tools.jackson.databind.json.JsonMapper;

class WaitingRoomTest {

    private static final long OPENED = 1_770_051_600;
    private static final String SEED = "9f86d081884c7d659a2feaa0c55ad015";

    private Reported reported = reported(Mode.OFF, Sale.State.OPEN, null);
    private WaitingRoom room = WaitingRoom.unknown(reported, 50, OPENED);
    private final List<Counted> counted = new ArrayList<>();
    private long now = OPENED;
    private String seed = SEED;
    private long next;

    @Test
    void room_that_is_off_admits_everybody_at_once() {
        pass(1);
        Place place = take();
        assertThat(room.state()).isEqualTo(State.OFF);
        assertThat(standing(place).state()).isEqualTo(Standing.State.ADMITTED);
        assertThat(room.pace()).isEmpty();
    }

    @Test
    void room_that_is_on_calls_numbers_in_their_order() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        assertThat(room.state()).isEqualTo(State.ON);
        Place first = take();
        next += 1000;
        Place last = take();
        assertThat(standing(first).ahead()).isZero();
        assertThat(standing(last).ahead()).isEqualTo(1001);
        pass(4);
        assertThat(standing(first).state()).isEqualTo(Standing.State.ADMITTED);
        assertThat(standing(last).state()).isEqualTo(Standing.State.WAITING);
        assertThat(standing(last).ahead()).isBetween(800L, 1000L);
        assertThat(waiting()).isEqualTo(standing(last).ahead() + 1);
        assertThat(called()).isEqualTo(1002 - waiting());
    }

    @Test
    void room_pauses_with_the_sale_and_keeps_every_place() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        next += 5000;
        pass(5);
        reported = reported(Mode.ON, Sale.State.HALTED, null);
        pass(1);
        assertThat(room.state()).isEqualTo(State.PAUSED);
        pass(1);
        long waiting = waiting();
        pass(30);
        assertThat(waiting()).isEqualTo(waiting);
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(5);
        assertThat(waiting()).isLessThan(waiting);
    }

    @Test
    void room_that_was_paused_at_first_calls_a_minutes_worth_once_the_sale_opens() {
        reported = measured(Sale.State.HALTED);
        room = WaitingRoom.unknown(reported, 50, OPENED);
        pass(1);
        next += 5000;
        pass(600);
        assertThat(called()).isZero();
        reported = measured(Sale.State.OPEN);
        pass(4);
        // The target of 40 registrations a second needs 71 numbers; the opening calls 4.5 times as many.
        assertThat(called()).isBetween(600L, 700L);
        assertThat(room.report().openedAt()).isEqualTo(OPENED + 1);
    }

    @Test
    void room_closes_when_it_is_switched_off_or_the_sale_is_over() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        Place place = take();
        next += 5000;
        Place last = take();
        reported = reported(Mode.ON, Sale.State.OVER, null);
        pass(1);
        assertThat(room.state()).isEqualTo(State.OFF);
        assertThat(standing(last).state()).isEqualTo(Standing.State.ADMITTED);
        pass(1);
        assertThat(standing(last).state()).isEqualTo(Standing.State.ADMITTED);
        assertThat(standing(place).state()).isEqualTo(Standing.State.ADMITTED);
        pass(1200);
        assertThat(standing(last).state()).as("polls late").isEqualTo(Standing.State.ADMITTED);
    }

    @Test
    void automatic_room_opens_by_those_who_come() {
        reported = reported(Mode.AUTO, Sale.State.OPEN, null);
        pass(10);
        assertThat(room.isOff()).isTrue();
        // A share of 0.7 of them registers, and the capacity is 50 a second.
        counted.add(counted(Count.ARRIVED, now, 650));
        pass(1);
        assertThat(room.state()).isEqualTo(State.ON);
    }

    @Test
    void automatic_room_closes_when_all_seats_are_taken_and_may_open_again() {
        reported = reported(Mode.AUTO, Sale.State.OPEN, null);
        pass(10);
        counted.add(counted(Count.ARRIVED, now, 650));
        pass(1);
        next += 5000;
        Place last = take();
        pass(3);
        assertThat(standing(last).state()).isEqualTo(Standing.State.WAITING);
        reported = soldOut();
        pass(1);
        assertThat(room.state()).isEqualTo(State.OFF);
        assertThat(standing(last).state()).as("gets to the form, which says so").isEqualTo(Standing.State.ADMITTED);
        counted.add(counted(Count.ARRIVED, now, 650));
        pass(1);
        assertThat(room.state()).isEqualTo(State.OFF);

        reported = reported(Mode.AUTO, Sale.State.OPEN, null);
        pass(1);
        assertThat(room.state()).isEqualTo(State.ON);
        assertThat(standing(last).state()).isEqualTo(Standing.State.ADMITTED);
        assertThat(standing(take()).state()).isEqualTo(Standing.State.WAITING);
    }

    @Test
    void room_that_is_to_be_on_stays_so_without_a_seat() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        reported = new Reported(soldOut().sale(), Mode.ON, null, 0, null);
        pass(2);
        assertThat(room.state()).isEqualTo(State.ON);
        Place place = take();
        pass(60);
        assertThat(standing(place).state()).isEqualTo(Standing.State.WAITING);
    }

    @Test
    void automatic_room_learns_nothing_of_those_who_come_while_nothing_is_sold() {
        passTenMinutes(reported(Mode.AUTO, Sale.State.HALTED, null), 8);
        assertThat(room.figures().useShare()).isCloseTo(0.7, Offset.offset(0.01));
        passTenMinutes(soldOut(), 8);
        assertThat(room.figures().useShare()).isCloseTo(0.7, Offset.offset(0.01));
        passTenMinutes(reported(Mode.AUTO, Sale.State.OPEN, null), 0);
        assertThat(room.figures().useShare()).isCloseTo(0.7, Offset.offset(0.01));
        passTenMinutes(reported(Mode.AUTO, Sale.State.OPEN, null), 8);
        assertThat(room.figures().useShare()).isLessThan(0.4);
    }

    @Test
    void line_of_a_number_a_second_is_assumed_from_it_where_no_opening_showed_the_capacity() {
        reported = new Reported(new Sale(Sale.State.OPEN, 10_000, 1, OptionalDouble.of(16)), Mode.ON, null, 0, null);
        pass(1);
        assertThat(room.capacity()).isEqualTo(20);
        assertThat(room.capacityIsMeasured()).isFalse();
    }

    @Test
    void those_who_gather_before_a_draw_are_equal_and_then_stand_in_its_order() {
        long drawAt = OPENED + 3605;
        reported = reported(Mode.AUTO, Sale.State.HALTED, drawAt);
        pass(4);
        assertThat(room.isOff()).isTrue();
        next += 7;
        pass(1);
        assertThat(room.state()).isEqualTo(State.GATHERING);
        List<Place> early = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            early.add(take());
        }
        assertThat(early).allMatch(place -> place.estimated() == null);
        assertThat(standing(early.getFirst()).left()).isEqualTo(drawAt - now);
        assertThat(room.gathersUntil()).isEqualTo(Instant.ofEpochSecond(drawAt));
        WaitingRoom.PublicDraw before = room.draw().orElseThrow();
        assertThat(before.seed()).isNull();
        assertThat(before.early()).isNull();
        assertThat(before.commitment()).isEqualTo(new Draw(SEED, 10).commitment());
        pass(3599);
        assertThat(standing(early.getFirst()).state()).isEqualTo(Standing.State.WAITING);

        reported = reported(Mode.AUTO, Sale.State.OPEN, drawAt);
        pass(1);
        Place late = take();
        assertThat(room.state()).isEqualTo(State.ON);
        assertThat(room.draw()).contains(new WaitingRoom.PublicDraw(before.commitment(), 10L, SEED));
        assertThat(room.gathersUntil()).isNull();
        Draw draw = new Draw(SEED, 10);
        assertThat(early).allSatisfy(place -> {
            long gathered = room.gathered(place).orElseThrow();
            assertThat(standing(place).ahead()).isEqualTo(draw.position(gathered));
        });
        assertThat(room.gathered(early.getFirst())).contains(0L);
        assertThat(standing(late).ahead()).isEqualTo(10);
        assertThat(room.gathered(late)).isEmpty();
    }

    @Test
    void those_who_wait_already_gather_when_a_draw_is_near() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        Place called = take();
        next += 2000;
        pass(5);
        reported = reported(Mode.ON, Sale.State.HALTED, OPENED + 5000);
        pass(2);
        assertThat(room.state()).isEqualTo(State.PAUSED);
        Place early = take();
        long ahead = standing(early).ahead();
        assertThat(ahead).isBetween(1000L, 2000L);
        now = OPENED + 1400;
        pass(1);
        assertThat(room.state()).isEqualTo(State.GATHERING);
        Place later = take();
        assertThat(standing(early).left()).isEqualTo(OPENED + 5000 - now);
        assertThat(room.gathered(early)).contains(ahead);
        assertThat(room.gathered(later)).contains(ahead + 1);
        assertThat(room.gathered(called)).isEmpty();
        now = OPENED + 5002;
        pass(1);
        assertThat(room.draw().orElseThrow().early()).isEqualTo(ahead + 2);
        List<Long> drawn = List.of(standing(early).ahead(), standing(later).ahead());
        Draw draw = new Draw(SEED, ahead + 2);
        assertThat(drawn).containsExactly(draw.position(ahead), draw.position(ahead + 1));

        reported = reported(Mode.ON, Sale.State.HALTED, now + 60);
        pass(1);
        assertThat(room.state()).isEqualTo(State.PAUSED);
        assertThat(room.gathersUntil()).as("a second draw is not held").isNull();
        assertThat(List.of(standing(early).ahead(), standing(later).ahead())).isEqualTo(drawn);
    }

    /** While nobody waits the line is ahead of the given numbers, so that people who come need not wait. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nobody_is_called_before_a_draw_that_is_set_on_a_room_that_was_on(boolean offBetween) {
        reported = measured(Sale.State.OPEN);
        pass(5);
        List<Place> before = List.of(take(), take(), take());
        pass(5);
        assertThat(standing(place(next + 10)).state()).isEqualTo(Standing.State.ADMITTED);
        if (offBetween) {
            reported = reported(Mode.OFF, Sale.State.OPEN, null);
            pass(2);
        }
        reported = reported(Mode.ON, Sale.State.OPEN, now + 90);
        pass(1);

        Place early = take();
        assertThat(room.state()).isEqualTo(State.GATHERING);
        assertThat(standing(early).state()).isEqualTo(Standing.State.WAITING);
        assertThat(room.gathered(early)).contains(0L);
        assertThat(room.calledEver((double) now)).isEqualTo(before.size());
        pass(60);
        assertThat(standing(early).state()).isEqualTo(Standing.State.WAITING);
        pass(40);
        assertThat(standing(early).state()).isEqualTo(Standing.State.ADMITTED);
    }

    @Test
    void draw_waits_a_moment_for_the_sale_that_opens_with_it() {
        reported = reported(Mode.ON, Sale.State.HALTED, OPENED + 100);
        pass(100);
        assertThat(now).isEqualTo(OPENED + 100);
        assertThat(room.state()).isEqualTo(State.GATHERING);
        Place late = take();
        assertThat(room.gathered(late)).isEmpty();
        reported = reported(Mode.ON, Sale.State.OPEN, OPENED + 100);
        pass(1);
        assertThat(room.state()).isEqualTo(State.ON);
        assertThat(room.draw().orElseThrow().early()).isZero();
    }

    @Test
    void draw_that_is_put_off_while_it_waits_for_the_sale_is_repeated_among_all_who_came() {
        reported = reported(Mode.ON, Sale.State.HALTED, OPENED + 100);
        pass(99);
        Place early = take();
        pass(1);
        Place late = take();
        assertThat(room.draw().orElseThrow().early()).isOne();
        assertThat(room.gathersUntil()).isNull();
        seed = "another";
        reported = reported(Mode.ON, Sale.State.HALTED, OPENED + 200);
        pass(1);
        assertThat(room.draw()).contains(new WaitingRoom.PublicDraw(new Draw("another", 0).commitment(), null, null));
        assertThat(room.gathersUntil()).isEqualTo(Instant.ofEpochSecond(OPENED + 200));
        reported = reported(Mode.ON, Sale.State.OPEN, OPENED + 200);
        pass(100);

        assertThat(room.state()).isEqualTo(State.ON);
        assertThat(room.draw())
                .contains(new WaitingRoom.PublicDraw(new Draw("another", 0).commitment(), 2L, "another"));
        assertThat(room.gathered(early)).contains(0L);
        assertThat(room.gathered(late)).contains(1L);
    }

    @Test
    void draw_of_a_paused_sale_leads_to_a_line_that_stands() {
        reported = reported(Mode.ON, Sale.State.HALTED, OPENED + 100);
        pass(103);
        assertThat(room.state()).isEqualTo(State.PAUSED);
        assertThat(room.draw().orElseThrow().seed()).isEqualTo(SEED);
    }

    @Test
    void seats_are_wanted_by_those_who_wait_and_those_who_fill_in_the_form() {
        reported = reported(Mode.ON, Sale.State.HALTED, null);
        pass(1);
        next += 1000;
        assertThat(room.seatsWanted((double) now, next)).isCloseTo(700, Offset.offset(1.0));
        counted.add(counted(Count.ADMITTED, now, 100));
        pass(2);
        assertThat(room.seatsWanted((double) now, next)).isCloseTo(770, Offset.offset(2.0));
    }

    @Test
    void nothing_is_estimated_while_the_line_stands() {
        reported = reported(Mode.ON, Sale.State.HALTED, null);
        pass(1);
        assertThat(take().estimated()).isNull();
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        assertThat(take().estimated()).isNotNull();
    }

    @Test
    void estimate_has_no_more_digits_than_a_token() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        assertThat(place(1_000_000_000_000_000L).estimated()).isEqualTo(999_999_999);
    }

    @Test
    void draw_that_is_taken_back_leaves_the_order_of_arrival() {
        reported = reported(Mode.ON, Sale.State.OPEN, OPENED + 1000);
        pass(1);
        Place first = take();
        Place second = take();
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        assertThat(room.draw()).isEmpty();
        assertThat(standing(first).ahead()).isZero();
        assertThat(standing(second).ahead()).isEqualTo(1);
    }

    @Test
    void line_that_nobody_moves_goes_on_at_its_pace_up_to_the_last_number() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        next += 5000;
        pass(5);
        double pace = room.pollPace();
        long waiting = room.waiting(now + 4.0, next);
        assertThat(room.waiting(now + 24.0, next)).isCloseTo(Math.round(waiting - 20 * pace), within(2L));
        assertThat(room.waiting(now + 5000.0, next)).isZero();
        assertThat(room.called(now + 5000.0)).isEqualTo(5000);
        // The gateway that takes over continues from there.
        now += 24;
        long seen = waiting();
        room = room.next(reported, List.of(), next, now, () -> SEED);
        assertThat(waiting()).isEqualTo(seen);
    }

    @Test
    void nobody_is_called_while_the_only_gateway_was_away() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        Place place = take();
        next += 5000;
        Place last = take();
        pass(5);
        long waiting = waiting();
        now += 600;
        room = room.resumed(now);
        assertThat(room.nextNumber()).isEqualTo(next + 10_004);
        next = room.nextNumber();
        assertThat(waiting()).isEqualTo(waiting);
        assertThat(standing(last).ahead()).isEqualTo(waiting - 1);
        Place newcomer = take();
        assertThat(standing(newcomer).ahead()).isEqualTo(waiting);
        assertThat(room.owns(place)).isTrue();
    }

    @Test
    void numbers_go_on_ahead_of_all_that_any_gateway_knows() {
        pass(1);
        next = 100;
        pass(1);
        WaitingRoom lost = room.renumbered(120);
        assertThat(lost.nextNumber()).isEqualTo(10_120);
        assertThat(lost.position(place(119))).isEqualTo(119);
        assertThat(lost.position(place(10_120))).isEqualTo(120);
        assertThat(WaitingRoom.unknown(reported, 50, OPENED).renumbered(0).nextNumber())
                .isZero();
    }

    @Test
    void room_is_read_as_it_was_written_down() {
        reported = reported(Mode.ON, Sale.State.OPEN, OPENED + 2);
        pass(2);
        next += 5000;
        counted.add(counted(Count.ARRIVED, now, 500));
        pass(30);
        JsonMapper json = JsonMapper.builder().build();
        WaitingRoom read = json.readValue(json.writeValueAsBytes(room), WaitingRoom.class);
        assertThat(json.writeValueAsString(read)).isEqualTo(json.writeValueAsString(room));
        assertThat(read.waiting((double) now, next)).isEqualTo(waiting()).isPositive();
        assertThat(json.writeValueAsString(read.next(reported, List.of(), next, now + 1, () -> SEED)))
                .isEqualTo(json.writeValueAsString(room.next(reported, List.of(), next, now + 1, () -> SEED)));
    }

    @Test
    void report_sums_up_one_opening() {
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        next = 40;
        pass(1);
        next += 1000;
        pass(10);
        long called = called();
        counted.add(new Counted(
                List.of(
                        new Counted.Entry(Count.CAME, now - 5, 30),
                        new Counted.Entry(Count.ADMITTED, now - 5, 30),
                        new Counted.Entry(Count.USED, now - 5, 20),
                        new Counted.Entry(Count.ESTIMATED, now - 5, 10),
                        new Counted.Entry(Count.KEPT, now - 5, 7)),
                Map.of(Opening.bin(20), 20, Opening.bin(300), 10),
                0));
        pass(301);
        reported = reported(Mode.OFF, Sale.State.OPEN, null);
        pass(1);
        counted.add(counted(Count.ADMITTED, now, 99));
        pass(1);
        Opening.Report report = room.report();
        assertThat(report.openedAt()).isEqualTo(OPENED + 1);
        assertThat(report.closedAt()).isEqualTo(now - 1);
        assertThat(report.waited()).isEqualTo(1000);
        assertThat(report.admitted()).isEqualTo(30);
        assertThat(report.used()).isEqualTo(20);
        assertThat(report.left()).isBetween(called - 30, 970L);
        assertThat(report.p50()).isBetween(19L, 21L);
        assertThat(report.p95()).isBetween(285L, 315L);
        assertThat(report.estimatesKept()).isEqualTo(0.7);
        assertThat(report.inversions()).isZero();
    }

    @Test
    void admissions_of_an_opening_are_reported_as_used_whenever_that_is() {
        counted.add(counted(Count.ADMITTED, now, 5));
        pass(10);
        reported = reported(Mode.ON, Sale.State.OPEN, null);
        pass(1);
        long opened = now;
        counted.add(counted(Count.USED, opened - 1, 5));
        counted.add(counted(Count.USED, opened, 2));
        pass(60);
        assertThat(room.report().used()).isEqualTo(2);
        reported = reported(Mode.OFF, Sale.State.OPEN, null);
        counted.add(counted(Count.USED, now, 4));
        pass(1);
        long closed = now;
        pass(1);
        counted.add(counted(Count.USED, closed - 1, 8));
        counted.add(counted(Count.USED, closed, 16));
        pass(1);
        assertThat(room.report().closedAt()).isEqualTo(closed);
        assertThat(room.report().used()).isEqualTo(2 + 4 + 8);
    }

    private static Offset<Long> within(long by) {
        return Offset.offset(by);
    }

    private long waiting() {
        return room.waiting((double) now, next);
    }

    private long called() {
        return room.called((double) now);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now++;
            room = room.next(reported, counted, next, now, () -> seed);
            counted.clear();
        }
    }

    private void passTenMinutes(Reported saying, int admittedASecond) {
        reported = saying;
        for (int i = 0; i < 600; i++) {
            counted.add(counted(Count.ADMITTED, now, admittedASecond));
            pass(1);
        }
    }

    private Place take() {
        long number = next++;
        return room.place("mlsys-2026", number, (double) now, false, next);
    }

    private Place place(long number) {
        return room.place("mlsys-2026", number, (double) now, false, next);
    }

    private Standing standing(Place place) {
        return room.standing(place, (double) now, next);
    }

    private static Counted counted(Count count, long second, int by) {
        return new Counted(List.of(new Counted.Entry(count, second, by)), Map.of(), 0);
    }

    /** Reports a room that is on and has a measured capacity. */
    private static Reported measured(Sale.State sale) {
        return new Reported(new Sale(sale, 10_000, 1, OptionalDouble.empty()), Mode.ON, null, 0, 50.0);
    }

    private static Reported soldOut() {
        return new Reported(new Sale(Sale.State.OPEN, 0, 1, OptionalDouble.empty()), Mode.AUTO, null, 0, null);
    }

    private static Reported reported(Mode mode, Sale.State sale, @Nullable Long drawAt) {
        return new Reported(new Sale(sale, 10_000, 1, OptionalDouble.empty()), mode, drawAt, 0, null);
    }
}
