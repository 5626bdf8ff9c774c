package org.openingminute.gateway.room;

/**
 * Where the line stands, so that every gateway computes the same number without asking. Immutable.
 *
 * @param number numbers below it had been called at {@code since}
 * @param rate numbers called a second from then on
 * @param since a second of the room's clock; until then the line before holds
 * @param pace numbers called a second that are to be expected for the next minutes; estimates and polls go by it
 * @param credit admissions that were wanted and have not been made; below 0, those made too many
 */
public record Line(double number, double rate, long since, double pace, double credit) {

    /** Within how many seconds a number is called, as it is told to the person who has it. */
    public record Estimate(double fromSeconds, double toSeconds) {}

    /**
     * The first number that is not called yet.
     *
     * @param second of the room's clock, with its fraction
     * @param issued how many numbers were given; the line does not run past them
     */
    double at(double second, long issued) {
        return Math.max(number, Math.min((double) issued, number + rate * Math.max(0, second - since)));
    }

    /**
     * The number at which the next line goes on. It may be ahead of the numbers given by one second's, so that those who come
     * while nobody waits do not wait for the next second.
     *
     * @param second in which the next line begins to hold
     */
    double handover(long second, long issued) {
        return Math.max(number, Math.min(number, (double) issued) + rate * Math.max(0, second - since));
    }

    /** Seconds until a number is called, by the pace; 0 for one that is called. */
    double secondsTo(long ticket, double second, long issued) {
        return Math.max(0, ticket - at(second, issued)) / pace;
    }

    static Estimate estimate(double secondsLeft) {
        return new Estimate(Math.max(0, 0.75 * secondsLeft - 5), 1.35 * secondsLeft + 15);
    }
}
