package org.openingminute.gateway.room;

import org.jspecify.annotations.Nullable;

/**
 * A place in the line, as its bearer's token has it. Nothing of it is stored. Immutable.
 *
 * @param conference the slug
 * @param room which opening of that conference's room
 * @param number in the order of arrival, from 0
 * @param visit when its bearer was here
 * @param estimated seconds left by the pace, as first told; {@code null} where the line did not move
 * @param inBrowser whether it is also a cookie, without which the token alone is not accepted
 */
public record Place(
        String conference,
        long room,
        long number,
        Visit visit,
        @Nullable Long estimated,
        boolean inBrowser) {

    /** More seconds than anybody waits; a place's token has no more digits. */
    static final long LONGEST_ESTIMATE = 999_999_999;

    /**
     * Seconds of the room's clock.
     *
     * @param came in which the place was taken
     * @param seen in which its bearer was seen last; once admitted, that of the admission
     * @param isAdmitted whether its bearer came when it was called
     */
    public record Visit(long came, long seen, boolean isAdmitted) {}

    /** The place of somebody who was told an estimate. */
    Place estimated(long secondsLeft) {
        return new Place(conference, room, number, visit, Math.min(secondsLeft, LONGEST_ESTIMATE), inBrowser);
    }

    /** The place of somebody who was seen now: later while waiting, unchanged once admitted. */
    public Place seen(long now, Standing standing) {
        if (visit.isAdmitted()) {
            return this;
        }
        boolean isAdmitted = standing.state() == Standing.State.ADMITTED;
        return new Place(conference, room, number, new Visit(visit.came(), now, isAdmitted), estimated, inBrowser);
    }

    /** Whether the number was called within the first estimate. */
    public boolean keptEstimate(long calledIn) {
        if (estimated == null) {
            return false;
        }
        Line.Estimate told = Line.estimate(estimated.doubleValue());
        long waited = calledIn - visit.came();
        return waited >= told.fromSeconds() && waited <= told.toSeconds();
    }
}
