package org.openingminute.registration.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Command.Register.PresentedAdmission;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.room.SaleActivity.Activity;
import org.openingminute.registration.sale.Examples;

/** Proves the counts of the last second and the reported used places, with a controlled clock. */
class SaleActivityTest {

    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");

    private static final Result DONE = new Result.Done(Result.How.CREATED, "{}", null);
    private static final Result REFUSED = new Result.Refused(Problem.unavailable());

    private final AtomicLong passed = new AtomicLong();
    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return NOW.plusNanos(passed.get());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };
    private final UsedPlaces used = new UsedPlaces("r1", clock, passed::get);
    private final SaleActivity activity =
            new SaleActivity(new OpenRooms(new OpenRooms.RoomBounds(8, 768), passed::get), used, clock);

    @Test
    void last_whole_second_is_reported() {
        activity.decided(request(1, null), DONE);
        activity.decided(request(3, admission(1, 840)), REFUSED);
        activity.refused("small-1");
        activity.begins("small-1", Duration.ofMillis(130));
        activity.begins("small-1", Duration.ofMillis(70));
        assertThat(activity.lastSecond("small-1")).isEqualTo(new Activity(0, 0, 0, 0));
        after(Duration.ofSeconds(1));
        activity.refused("small-1");

        assertThat(activity.lastSecond("small-1")).isEqualTo(new Activity(2, 1, 1, 130));
        assertThat(activity.lastSecond("another")).isEqualTo(new Activity(0, 0, 0, 0));
        after(Duration.ofSeconds(1));
        assertThat(activity.lastSecond("small-1")).isEqualTo(new Activity(0, 0, 1, 0));
        after(Duration.ofSeconds(2));
        assertThat(activity.lastSecond("small-1")).isEqualTo(new Activity(0, 0, 0, 0));
    }

    @Test
    void clock_that_was_set_back_is_followed() {
        activity.refused("small-1");
        after(Duration.ofHours(-1));
        activity.refused("small-1");
        after(Duration.ofSeconds(1));

        assertThat(activity.lastSecond("small-1")).isEqualTo(new Activity(0, 0, 1, 0));
    }

    @Test
    void seats_per_registration_are_two_until_many_were_accepted() {
        assertThat(activity.seatsPerRegistration("small-1")).isEqualTo(2);
        activity.decided(request(1, null), DONE);
        activity.decided(request(10, null), REFUSED);
        activity.decided(request(4, null), DONE);
        assertThat(activity.seatsPerRegistration("small-1")).isEqualTo(45.0 / 22);

        for (int i = 0; i < 1_000; i++) {
            activity.decided(request(1, null), DONE);
        }
        assertThat(activity.seatsPerRegistration("small-1")).isBetween(1.0, 1.1);
    }

    @Test
    void used_places_are_reported_until_acknowledged() {
        activity.used("small-1", List.of(admission(1, 840).extended()));
        UsedPlaces.Report first = used.since("a", null);
        assertThat(first.places().get("small-1"))
                .usingElementComparator(Arrays::compare)
                .containsExactly(new long[] {5, 1, NOW.getEpochSecond() - 60});
        assertThat(used.since("a", null).places().get("small-1")).as("again").hasSize(1);
        assertThat(used.since("a", first.upTo()).places()).isEmpty();
        activity.used("small-1", List.of(admission(2, 1_020)));

        assertThat(used.since("a", null).places().get("small-1"))
                .as("another process of that name")
                .usingElementComparator(Arrays::compare)
                .containsExactly(new long[] {5, 2, NOW.getEpochSecond()});
        assertThat(used.since("b", null).places().get("small-1")).hasSize(2);
        after(Duration.ofSeconds(61));
        assertThat(used.since("c", null).places()).as("after a minute").isEmpty();
    }

    private static Command.Register request(int seats, Admission admission) {
        return new Command.Register(
                        "small-1",
                        new IdempotencyKey("register:small-1", "key"),
                        new RequestHash(""),
                        Examples.seats(seats, "a", null))
                .admittedBy(admission == null ? null : new PresentedAdmission(admission, true));
    }

    private static Admission admission(long number, long seconds) {
        return new Admission("small-1", 5, number, NOW.plusSeconds(seconds), false);
    }

    private void after(Duration time) {
        passed.addAndGet(time.toNanos());
    }
}
