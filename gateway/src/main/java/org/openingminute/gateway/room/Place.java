package org.openingminute.gateway.room;

import org.jspecify.annotations.Nullable;

/**
 * A place in the line, as its holder's token contains it. Places are not stored. Immutable.
 *
 * @param conference the conference's slug
 * @param room the opening of that conference's waiting room
 * @param number the number in the order of arrival, from 0
 * @param visit when the holder was here
 * @param estimated the first estimate of the waiting time in seconds; {@code null} if the line did not move then
 * @param inBrowser whether the place is bound to a cookie, without which the token alone is not accepted
 */
public record Place(
        String conference,
        long room,
        long number,
        Visit visit,
        @Nullable Long estimated,
        boolean inBrowser) {

    /** Longer than anybody waits; the token has no room for more digits. */
    static final long LONGEST_ESTIMATE = 999_999_999;

    /**
     * The visits of a place's holder, in seconds of the room's clock.
     *
     * @param came when the place was taken
     * @param seen when the holder was last seen; after the admission, when the holder was admitted
     * @param isAdmitted whether the holder came when the number was called
     */
    public record Visit(long came, long seen, boolean isAdmitted) {}

    /** A copy with the estimate that was shown to the holder. */
    Place estimated(long secondsLeft) {
        return new Place(conference, room, number, visit, Math.min(secondsLeft, LONGEST_ESTIMATE), inBrowser);
    }

    /** A copy whose holder was seen now. A place that is admitted already does not change. */
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
        Line.Estimate estimate = Line.estimate(estimated.doubleValue());
        long waited = calledIn - visit.came();
        return waited >= estimate.fromSeconds() && waited <= estimate.toSeconds();
    }
}
