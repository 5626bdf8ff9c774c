package org.openingminute.gateway.waiting;

import java.time.Clock;
import java.time.Instant;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Place;
import org.openingminute.gateway.room.Standing;
import org.openingminute.gateway.room.WaitingRoom;
import reactor.core.publisher.Mono;

/** A conference's waiting room at this gateway: the latest copy of its state, and what was counted since. Thread-safe. */
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

    /** Replaces the copy by a newer one. */
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

    /** Replaces the copy by the stored state. From such a copy this gateway can restore the room if the store loses it. */
    void keep(WaitingRoom kept) {
        become(kept);
        isKept = true;
    }

    /** Whether the room was ever loaded from the store. */
    boolean isKept() {
        return isKept;
    }

    WaitingRoom copy() {
        return copy;
    }

    /** Roughly how many seats are left: {@code few} if they do not suffice for the people who already wait. */
    String seats() {
        return seats;
    }

    Tally tally() {
        return tally;
    }

    /** The number after all given ones, as far as this gateway knows. */
    long next() {
        return tally.next();
    }

    /** The present second of the room's clock, with its fraction. */
    double now() {
        Instant now = clock.instant();
        return now.getEpochSecond() + now.getNano() / 1e9;
    }

    /** Counts a visitor who came to the form while the room is closed. */
    void cameToForm() {
        long now = (long) now();
        tally.add(Count.ARRIVED, now, 1);
        tally.add(Count.ADMITTED, now, 1);
    }

    /**
     * A place at a visit of its holder.
     *
     * @param place the place, updated with the time of this visit
     */
    record Visit(Place place, Standing standing) {}

    /** Takes a new place; an error {@code unavailable} while no numbers are given. */
    Mono<Visit> take(boolean inBrowser) {
        if (!isKept || !copy.hasBegun()) {
            // Another gateway may keep the room under another id, by which it would not know this place.
            return Mono.error(RoomStore.unavailable());
        }
        return store.take(conference, next()).map(number -> {
            double now = now();
            tally.countGiven(number, (long) now);
            tally.add(Count.ARRIVED, (long) now, 1);
            return visit(copy.place(conference, number, now, inBrowser, next()));
        });
    }

    /** Records a visit of a place's holder. */
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
