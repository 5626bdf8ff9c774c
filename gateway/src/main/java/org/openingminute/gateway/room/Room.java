package org.openingminute.gateway.room;

/**
 * The state of the control law that is kept from one second to the next, besides the counters. Immutable.
 *
 * @param openedAt the second in which the room last opened
 * @param haltedAt the last second in which nothing was sold; 0 for none
 * @param target the registrations a second to aim at
 * @param admitted the visitors admitted before the line's second
 */
record Room(long openedAt, long haltedAt, Line line, Capacity capacity, LifeTable table, double target, long admitted) {

    private static final double USE_SHARE = 0.7;
    private static final double FORM_MEDIAN_SECONDS = 90;
    private static final double FORM_P95_SECONDS = 300;

    /** A room that was never open. */
    static Room unknown(Capacity capacity, long now) {
        return new Room(
                now,
                0,
                new Line(0, 0, now, capacity.perSecond(), 0),
                capacity,
                LifeTable.assumed(USE_SHARE, FORM_MEDIAN_SECONDS, FORM_P95_SECONDS),
                0,
                0);
    }

    /** A copy with another line. */
    Room on(Line line) {
        return new Room(openedAt, haltedAt, line, capacity, table, target, admitted);
    }

    /** A copy with another capacity. */
    Room of(Capacity capacity) {
        return new Room(openedAt, haltedAt, line, capacity, table, target, admitted);
    }
}
