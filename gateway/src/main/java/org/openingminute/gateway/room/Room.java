package org.openingminute.gateway.room;

/**
 * What is kept of a room from one second to the next, besides its counters. Immutable.
 *
 * @param openedAt the second in which it opened last
 * @param haltedAt the last second in which nothing was sold; 0 for none
 * @param target registrations a second that it aims at
 * @param admitted visitors admitted up to the line's second
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

    /** The same with another line. */
    Room on(Line line) {
        return new Room(openedAt, haltedAt, line, capacity, table, target, admitted);
    }

    /** The same with another capacity. */
    Room of(Capacity capacity) {
        return new Room(openedAt, haltedAt, line, capacity, table, target, admitted);
    }
}
