package org.openingminute.gateway.room;

/**
 * The position of a place in its line, and what follows from it. Immutable.
 *
 * @param ahead how many numbers are called before this one
 * @param left the seconds until the number is called, at the expected pace
 * @param calledIn the second in which the number was called; 0 while it waits
 */
public record Standing(State state, long ahead, double left, long calledIn) {

    static final int ANSWER_SECONDS = 300;

    public enum State {
        WAITING,
        ADMITTED,
        /** Called, but not come within five minutes. */
        MISSED
    }

    /**
     * Determines the standing of a place. An admitted place stays admitted, even if its room was closed and has opened again; its
     * admission's own token says how long that is valid.
     *
     * @param number the number in the line, which a draw may have changed
     * @param now the second of the room's clock, with its fraction
     * @param issued how many numbers were given
     */
    static Standing of(Place place, long number, Line line, Counters counters, double now, long issued) {
        double called = line.at(now, issued);
        boolean isAdmitted = place.visit().isAdmitted();
        if (number >= called && !isAdmitted) {
            return new Standing(
                    State.WAITING, number - (long) Math.ceil(called), line.secondsTo(number, now, issued), 0);
        }
        // The line may have been ahead of the given numbers.
        long calledIn = Math.max(counters.calledIn(number), place.visit().came());
        boolean isMissed = !isAdmitted && now - calledIn > ANSWER_SECONDS;
        return new Standing(isMissed ? State.MISSED : State.ADMITTED, 0, 0, calledIn);
    }
}
