package org.openingminute.kit.access;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The right to send one registration, given by the line in front of a sale. Immutable.
 *
 * @param scope what it is good for, as a role's scope
 * @param room which opening of that line
 * @param number the holder's number in it; with the room it tells one admission from all others
 * @param given when it began, in whole seconds
 * @param until when it ends, in whole seconds
 * @param inBrowser whether it is also a cookie, without which the token alone is not accepted
 */
public record Admission(String scope, long room, long number, Instant given, Instant until, boolean inBrowser) {

    private static final Duration LASTS = Duration.ofMinutes(15);
    private static final Duration FOR_A_REFUSAL = Duration.ofMinutes(2);
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Cuts both instants to whole seconds. */
    public Admission {
        given = given.truncatedTo(ChronoUnit.SECONDS);
        until = until.truncatedTo(ChronoUnit.SECONDS);
    }

    /** One that nothing has made longer: it begins a quarter of an hour before its end. */
    public Admission(String scope, long room, long number, Instant until, boolean inBrowser) {
        this(scope, room, number, until.minus(LASTS), until, inBrowser);
    }

    /** The same, given at another time. */
    Admission givenAt(Instant given) {
        return new Admission(scope, room, number, given, until, inBrowser);
    }

    /** Whether a refusal has made it longer. */
    boolean isExtended() {
        return !given.equals(until.minus(LASTS));
    }

    /**
     * The same, two minutes longer: for one who was turned away because the service had no room. It lasts for an hour at most, however
     * often that happens, so that nobody keeps a place for later by making the service refuse.
     */
    public Admission extended() {
        Instant longer = until.plus(FOR_A_REFUSAL);
        Instant last = given.plus(LONGEST);
        return new Admission(scope, room, number, given, longer.isBefore(last) ? longer : last, inBrowser);
    }
}
