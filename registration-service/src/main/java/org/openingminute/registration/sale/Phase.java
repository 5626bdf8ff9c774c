package org.openingminute.registration.sale;

import java.time.Duration;
import java.time.Instant;

/**
 * A span of time with its own prices.
 *
 * @param from its first instant
 * @param until names the last second that counts; the phase ends when that second has passed
 */
public record Phase(String code, String name, Instant from, Instant until) {

    private static final Duration LAST_SECOND = Duration.ofSeconds(1);

    /** @throws IllegalArgumentException if it would end before it begins */
    public Phase {
        if (until.isBefore(from)) {
            throw new IllegalArgumentException("phase " + code + " ends before it begins");
        }
    }

    public boolean covers(Instant at) {
        return !at.isBefore(from) && counts(until, at);
    }

    /** The first instant after it, at which the next phase begins. */
    public Instant end() {
        return end(until);
    }

    /**
     * Whether an instant is in time for a deadline. All deadlines of a definition are read in this way.
     *
     * @param until names the last second that counts
     */
    public static boolean counts(Instant until, Instant at) {
        return at.isBefore(end(until));
    }

    /** The first instant that is too late for a deadline. */
    public static Instant end(Instant until) {
        return until.plus(LAST_SECOND);
    }
}
