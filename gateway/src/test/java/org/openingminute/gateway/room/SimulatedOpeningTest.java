package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.room.Simulation.Course;

/** Proves the promises of the waiting room on a simulated opening. Decision 0051 lists the results beside those of the design. */
class SimulatedOpeningTest {

    @ParameterizedTest
    @CsvSource({"20, 50000", "100, 50000", "300, 200000"})
    void used_admissions_meet_what_the_capacity_gives(double capacity, int visitors) {
        Simulation opening = moving(course -> {
            course.capacity(capacity);
            course.visitors = visitors;
        });
        assertWithin(opening.usedOverTarget(), 0.9, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
        assertThat(opening.longestAtTheDoorSeconds()).isLessThanOrEqualTo(12);
        assertThat(opening.estimatesKept()).isGreaterThan(0.5);
    }

    @Test
    void used_admissions_meet_what_the_organiser_wants() {
        Simulation opening = moving(SimulatedOpeningTest::organisersWish);
        assertWithin(opening.usedOverTarget(), 0.9, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
        assertThat(opening.estimatesKept()).isGreaterThan(0.5);
    }

    @ParameterizedTest
    @CsvSource({"20, 600", "100, 240"})
    void falling_to_a_third_for_30_s_stalls_nobody(double capacity, int second) {
        Simulation opening = moving(course -> {
            course.capacity(capacity);
            course.slowedAt = second;
        });
        assertSlowed(opening);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 300})
    void falling_to_a_third_stalls_nobody_where_the_organiser_wants_a_number(int second) {
        Simulation opening = moving(course -> {
            organisersWish(course);
            course.slowedAt = second;
        });
        assertSlowed(opening);
    }

    @Test
    void line_moves_as_fast_after_a_draw() {
        Simulation opening = moving(course -> course.draw = true);
        assertWithin(opening.usedOverTarget(), 0.9, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
        assertThat(opening.estimatesKept()).isGreaterThan(0.5);
    }

    @ParameterizedTest
    @CsvSource({"20, 40000, 0, 600", "100, 100000, 0, 600", "20, 40000, 600, 1200", "20, 40000, 600, 610"})
    void line_moves_as_fast_after_the_sale_was_halted(double capacity, int visitors, int from, int until) {
        Simulation opening = moving(course -> {
            course.capacity(capacity);
            course.visitors = visitors;
            course.haltedFrom = from;
            course.haltedUntil = until;
        });
        assertWithin(opening.usedOverTarget(), 0.9, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
        assertThat(opening.longestAtTheDoorSeconds()).isLessThanOrEqualTo(12);
    }

    @ParameterizedTest
    @CsvSource({"20, 30", "20, 600", "100, 30", "100, 240"})
    void five_pauses_of_a_second_within_a_minute_change_little(double capacity, int from) {
        Simulation opening = moving(course -> {
            course.capacity(capacity);
            course.visitors = 100_000;
            pausedFiveTimes(course, from);
        });
        assertWithin(opening.usedOverTarget(), 0.9, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
        assertThat(opening.longestAtTheDoorSeconds()).isLessThanOrEqualTo(12);
    }

    @Test
    void pauses_of_a_second_forgive_no_debt() {
        Simulation opening = moving(course -> {
            course.visitors = 100_000;
            course.wishChangesAt = 600;
            course.laterPerSecond = 20;
            pausedFiveTimes(course, 610);
        });
        assertWithin(opening.usedOverTarget(), 0.8, 1.1);
        assertThat(opening.longestAtTheDoorSeconds()).isLessThanOrEqualTo(12);
    }

    @Test
    void line_moves_on_after_registration_service_was_away() {
        Simulation opening = moving(course -> {
            course.capacity(20);
            course.haltedFrom = 600;
            course.haltedUntil = 780;
            course.away = true;
        });
        assertWithin(opening.usedOverTarget(), 0.8, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
        assertThat(opening.longestAtTheDoorSeconds()).isLessThanOrEqualTo(300);
    }

    @Test
    void silent_places_of_a_bot_do_not_stall_the_line() {
        Simulation opening = moving(course -> course.silentPlaces = 100_000);
        assertWithin(opening.usedOverTarget(), 0.85, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource({"0.45, 90", "0.95, 90", "0.75, 50", "0.75, 180"})
    void wrong_expectations_are_corrected_within_minutes(double registering, double median) {
        Simulation opening = moving(course -> {
            course.capacity(20);
            course.registering = registering;
            course.formMedian = median;
            course.formP95 = median * 10 / 3;
        });
        assertWithin(opening.usedOverTarget(), 0.6, 1.25);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
        assertThat(Arrays.stream(opening.usedOverTarget()).skip(12)).allMatch(used -> used > 0.9 && used < 1.1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {100, 300})
    void first_opening_of_unknown_capacity_is_slow_and_safe(double capacity) {
        Simulation opening = moving(course -> {
            course.capacity = capacity;
            course.known = Capacity.assumed(50);
        });
        assertWithin(opening.usedOverPossible(), 0.14, 0.65);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(1);
    }

    @Test
    void five_hundred_seats_are_tried_for_by_800_people_at_most() {
        Simulation opening = Simulation.of(course -> course.seats = 500);
        assertThat(opening.admitted).isBetween(500, 800);
        assertThat(opening.soldOutAfterSeconds()).isBetween(1.0, 100.0);
    }

    @Test
    void five_thousand_seats_are_sold_almost_as_fast_as_without_a_bound() {
        Simulation bounded = Simulation.of(course -> course.seats = 5000);
        Simulation unbounded = Simulation.of(course -> {
            course.seats = 5000;
            course.boundBySeats = false;
        });
        assertThat(bounded.soldOutAfterSeconds()).isBetween(1.0, 1.4 * unbounded.soldOutAfterSeconds());
        assertThat(bounded.inVain).isLessThan(unbounded.inVain / 2);
    }

    @Test
    void auto_opens_once_for_a_rush_between_two_steady_hours() {
        Simulation hours = moving(course -> {
            course.capacity(60);
            course.visitors = 30_000;
            course.seconds = 3 * 3600;
            course.rushAt = 3600;
            course.steady = 0.7;
        });
        assertThat(hours.openedAt).hasSize(1).allMatch(second -> second >= 3600 && second < 3610);
        assertThat(hours.closedAt).hasSize(1);
        assertWithin(hours.usedOverTarget(), 0.9, 1.1);
        assertThat(hours.longestWaitSeconds()).isLessThanOrEqualTo(2);
        assertThat(hours.longestAtTheDoorSeconds()).isLessThanOrEqualTo(12);
    }

    @Test
    void auto_closes_when_all_seats_are_taken_and_what_comes_back_is_sold() {
        Simulation opening = Simulation.of(course -> {
            course.capacity(60);
            course.visitors = 30_000;
            course.rushAt = 0;
            course.steady = 0.1;
            course.seats = 5000;
            course.seatsBackAt = 1200;
            course.seatsBack = 500;
            course.seconds = 1800;
        });
        assertThat(opening.openedAt).hasSize(1);
        assertThat(opening.closedAt)
                .singleElement()
                .satisfies(second ->
                        assertThat(second - opening.soldOutAfterSeconds()).isBetween(0.0, 1.0));
        assertThat(opening.seatsLeft).isZero();
    }

    @Test
    void auto_learns_nothing_of_those_who_look_at_the_form_before_the_sale_opens() {
        Simulation opening = moving(course -> {
            course.capacity(60);
            course.visitors = 30_000;
            course.lookers = 5000;
            course.haltedUntil = 600;
            course.rushAt = 600;
        });
        assertThat(opening.openedAt).hasSize(1).allMatch(second -> second < 610);
        assertWithin(opening.usedOverTarget(), 0.9, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(0.5);
        assertThat(opening.longestAtTheDoorSeconds()).isLessThanOrEqualTo(12);
    }

    @Test
    void polls_of_200000_who_wait_stay_bounded() {
        Simulation opening = moving(course -> {
            course.capacity(20);
            course.visitors = 200_000;
            course.leaving = 0;
        });
        assertThat(opening.pollsOfBusiestMinute()).isLessThanOrEqualTo(1.2 * opening.pollBound());
        assertThat(opening.mostPolls).isLessThanOrEqualTo((int) (1.25 * opening.pollBound()));
        assertThat(opening.missed).isZero();
    }

    /** Runs a simulation and asserts that the line never stalls for 10 seconds. */
    private static Simulation moving(Consumer<Course> change) {
        Simulation opening = Simulation.of(change);
        assertThat(opening.longestStallSeconds()).isLessThan(10);
        return opening;
    }

    private static void organisersWish(Course course) {
        course.visitors = 20_000;
        course.capacity = 22;
        course.known = Capacity.measured(20);
        course.perSecond = OptionalDouble.of(16);
    }

    private static void pausedFiveTimes(Course course, int from) {
        course.haltedFrom = from;
        course.haltedUntil = from + 60;
        course.haltedEvery = 12;
    }

    private static void assertSlowed(Simulation opening) {
        assertWithin(opening.usedOverPossible(), 0.7, 1.1);
        assertThat(opening.longestWaitSeconds()).isLessThanOrEqualTo(2);
        assertThat(opening.longestAtTheDoorSeconds()).isLessThanOrEqualTo(90);
    }

    private static void assertWithin(double[] used, double least, double most) {
        assertThat(used).isNotEmpty();
        assertThat(Arrays.stream(used)).allSatisfy(share -> assertThat(share).isBetween(least, most));
    }
}
