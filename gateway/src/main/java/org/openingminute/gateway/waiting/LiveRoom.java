package org.openingminute.gateway.waiting;

import java.time.Clock;
import java.time.Instant;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Place;
import org.openingminute.gateway.room.Standing;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.kit.problem.Problem;
import reactor.core.publisher.Mono;

/** A conference's waiting room at this gateway: the newest copy of it, and what was counted since. Thread-safe. */
final class LiveRoom {

    private static final int FEW_SEATS = 20;
    private static final String NONE = "none";

    private final String conference;
    private final RoomStore store;
    private final Clock clock;
    private final Tally tally = new Tally();
    private volatile WaitingRoom copy;
    private volatile String seats = NONE;
    private volatile boolean isKept;

    LiveRoom(String conference, WaitingRoom copy, RoomStore store, Clock clock) {
        this.conference = conference;
        this.copy = copy;
        this.store = store;
        this.clock = clock;
        become(copy);
    }

    /** Takes a newer copy. */
    void become(WaitingRoom newer) {
        tally.know(newer.nextNumber(), newer.latest(), newer.firstAnswerable());
        seats = seats(newer);
        copy = newer;
    }

    private String seats(WaitingRoom room) {
        double left = room.reported().sale().seatsLeft();
        if (left <= 0) {
            return NONE;
        }
        return left <= FEW_SEATS || left < room.seatsWanted(now(), next()) ? "few" : "plenty";
    }

    /** Takes a copy of what is kept, from which this gateway can bring it back. */
    void keep(WaitingRoom kept) {
        become(kept);
        isKept = true;
    }

    /** Whether it ever had such a copy. */
    boolean isKept() {
        return isKept;
    }

    WaitingRoom copy() {
        return copy;
    }

    /** How many seats are left by that copy, roughly: few where they are not enough for those who wait already. */
    String seats() {
        return seats;
    }

    Tally tally() {
        return tally;
    }

    /** The next number after all that are given, as far as is known here. */
    long next() {
        return tally.next();
    }

    /** Second of the room's clock, with its fraction. */
    double now() {
        Instant now = clock.instant();
        return now.getEpochSecond() + now.getNano() / 1e9;
    }

    /** Counts somebody who came to the form while nobody waits. */
    void cameToForm() {
        long now = (long) now();
        tally.add(Count.ARRIVED, now, 1);
        tally.add(Count.ADMITTED, now, 1);
    }

    /**
     * A place as its bearer is here.
     *
     * @param place with the time of this visit
     */
    record Visit(Place place, Standing standing) {}

    /** A new place; an error {@code unavailable} while no number is given. */
    Mono<Visit> take(boolean inBrowser) {
        if (!isKept || !copy.hasBegun()) {
            // Another gateway may keep the room under another id, by which it would not know this place.
            return Mono.error(Problem.unavailable());
        }
        return store.take(conference, next()).map(number -> {
            double now = now();
            tally.gave(number, (long) now);
            tally.add(Count.ARRIVED, (long) now, 1);
            return visit(copy.place(conference, number, now, inBrowser, next()));
        });
    }

    /** Notes that the bearer of a place is here. */
    Visit visit(Place place) {
        double now = now();
        WaitingRoom room = copy;
        Standing standing = room.standing(place, now, next());
        Place seen = place.seen((long) now, standing);
        if (seen.visit().isAdmitted() && !place.visit().isAdmitted() && tally.isFirstVisit(room.position(place))) {
            admitted(place, standing, room, (long) now);
        }
        return new Visit(seen, standing);
    }

    private void admitted(Place place, Standing standing, WaitingRoom room, long now) {
        tally.add(Count.ADMITTED, now, 1);
        if (room.isOff()) {
            return;
        }
        tally.add(Count.CAME, standing.calledIn(), 1);
        tally.waited(standing.calledIn() - place.visit().came());
        if (place.estimated() != null) {
            tally.add(Count.ESTIMATED, standing.calledIn(), 1);
            tally.add(Count.KEPT, standing.calledIn(), place.keptEstimate(standing.calledIn()) ? 1 : 0);
        }
    }
}
