package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Sale;
import org.openingminute.gateway.room.Standing;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.openingminute.kit.problem.Problem;
import reactor.test.StepVerifier;

class LiveRoomTest {

    private static final String CONFERENCE = "mlsys-2026";
    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00.250Z");
    private static final WaitingRoom OFF = WaitingRoom.unknown(
            new WaitingRoom.Reported(
                    new Sale(Sale.State.OPEN, 1000, 1, OptionalDouble.empty()), WaitingRoom.Mode.OFF, null, 0, null),
            50,
            NOW.getEpochSecond() - 1);
    private static final WaitingRoom BEGUN = OFF.next(OFF.reported(), List.of(), 0, NOW.getEpochSecond(), () -> "seed");

    private final FileRooms store = new FileRooms(null);
    private final LiveRoom room = new LiveRoom(CONFERENCE, OFF, store, Clock.fixed(NOW, ZoneOffset.UTC));

    LiveRoomTest() {
        store.begin(CONFERENCE, OFF, 0);
    }

    @Test
    void no_place_is_given_by_a_copy_that_is_not_kept() {
        room.become(BEGUN);
        StepVerifier.create(room.take(false)).verifyError(Problem.class);
        assertThat(store.read(CONFERENCE).next()).isZero();
        room.keep(BEGUN);
        assertThat(room.take(false).block().place().number()).isZero();
    }

    @Test
    void no_place_is_given_before_it_is_known_whether_the_room_is_on() {
        room.keep(OFF);
        StepVerifier.create(room.take(false)).verifyError(Problem.class);
    }

    @Test
    void person_is_counted_as_admitted_once() {
        room.keep(BEGUN);
        LiveRoom.Visit first = room.take(false).block();
        assertThat(first.standing().state()).isEqualTo(Standing.State.ADMITTED);
        room.visit(first.place());
        assertThat(room.tally().take().entries())
                .contains(
                        new Counted.Entry(Count.ADMITTED, NOW.getEpochSecond(), 1),
                        new Counted.Entry(Count.ARRIVED, NOW.getEpochSecond(), 1));
    }
}
