package org.openingminute.gateway.room;

import org.openingminute.gateway.room.Counters.Count;

/** Decides when a room in mode {@code auto} opens and closes. Pure functions. */
final class AutoRule {

    private static final int TOO_LONG_MILLIS = 1000;

    private AutoRule() {}

    /** Whether more people arrive than registration-service can handle, or whether registrations already wait there. */
    static boolean opens(Room room, Counters counters, Sale sale, long now) {
        int wait = Math.min(counters.of(Count.WAIT_MILLIS, now - 1), counters.of(Count.WAIT_MILLIS, now - 2));
        return sale.state() == Sale.State.OPEN
                && sale.seatsLeft() > 0
                && (wait > TOO_LONG_MILLIS
                        || demand(room, counters, 10, now)
                                > 0.9 * room.capacity().perSecond());
    }

    /**
     * Whether nobody needs the room any more, or it has no seats to give. Those who wait then come to the form, which tells them. If seats
     * become free, the room may open again.
     */
    static boolean closes(Room room, Counters counters, Sale sale, long now) {
        return sale.state() == Sale.State.OVER
                || sale.isSoldOut()
                || (now - room.openedAt() >= 60
                        && counters.highest(Count.WAITING, now - 59, now + 1) == 0
                        && demand(room, counters, 60, now)
                                < 0.7 * room.capacity().perSecond());
    }

    /** The registrations a second to expect from recent arrivals. */
    private static double demand(Room room, Counters counters, int seconds, long now) {
        return (double) counters.sum(Count.ARRIVED, now - seconds, now)
                / seconds
                * room.table().share();
    }
}
