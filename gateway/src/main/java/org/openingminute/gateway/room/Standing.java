package org.openingminute.gateway.room;

/**
 * Where a place stands in its line. Immutable.
 *
 * @param ahead how many numbers are called before it
 * @param left seconds until it is called, by the pace
 * @param calledIn the second in which it was called; 0 while it waits
 */
public record Standing(State state, long ahead, double left, long calledIn) {

    static final int ANSWER_SECONDS = 300;

    public enum State {
        WAITING,
        ADMITTED,
        /** Called, and not come within five minutes. */
        MISSED
    }

    /**
     * Where a place stands now. One that is admitted stays so, also where its room was off and
     * has opened since; how long the admission is good is for its own token to say.
     *
     * @param number its number in the line, which a draw may have changed
     * @param now second of the room's clock, with its fraction
     * @param issued how many numbers were given
     */
    static Standing of(Place place, long number, Line line, Counters counters, double now, long issued) {
        double called = line.at(now, issued);
        boolean isAdmitted = place.visit().isAdmitted();
        if (number >= called && !isAdmitted) {
            return new Standing(
                    State.WAITING, number - (long) Math.ceil(called), line.secondsTo(number, now, issued), 0);
        }
        // The line may have been ahead of the numbers given.
        long calledIn = Math.max(counters.calledIn(number), place.visit().came());
        boolean isMissed = !isAdmitted && now - calledIn > ANSWER_SECONDS;
        return new Standing(isMissed ? State.MISSED : State.ADMITTED, 0, 0, calledIn);
    }
}
