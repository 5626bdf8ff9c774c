package org.openingminute.gateway.room;

/**
 * The position and speed of a line, from which every gateway computes the same called number without communication. Immutable.
 *
 * @param number the numbers below this one had been called at {@code since}
 * @param rate numbers called a second from then on
 * @param since the second of the room's clock from which this line applies; until then the previous line does
 * @param pace numbers a second to expect for the next minutes; used for estimates and for the intervals of polls
 * @param credit wanted admissions that have not been made; negative if too many were made
 */
public record Line(double number, double rate, long since, double pace, double credit) {

    /** The range of seconds within which a number is expected to be called, as shown to its holder. */
    public record Estimate(double fromSeconds, double toSeconds) {}

    /**
     * The first number that is not called yet.
     *
     * @param second the second of the room's clock, with its fraction
     * @param issued how many numbers were given; the line does not pass them
     */
    double at(double second, long issued) {
        return Math.max(number, Math.min((double) issued, number + rate * Math.max(0, second - since)));
    }

    /**
     * The number at which the next line continues. It may be ahead of the given numbers by one second's worth, so that people who come
     * while nobody waits need not wait for the next second.
     *
     * @param second the second in which the next line starts to apply
     */
    double handover(long second, long issued) {
        return Math.max(number, Math.min(number, (double) issued) + rate * Math.max(0, second - since));
    }

    /** The seconds until a number is called, at the expected pace; 0 if it is called already. */
    double secondsTo(long ticket, double second, long issued) {
        return Math.max(0, ticket - at(second, issued)) / pace;
    }

    static Estimate estimate(double secondsLeft) {
        return new Estimate(Math.max(0, 0.75 * secondsLeft - 5), 1.35 * secondsLeft + 15);
    }
}
