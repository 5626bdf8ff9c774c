package org.openingminute.kit.access;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The right to send one registration, which the waiting room in front of a sale gives. Immutable.
 *
 * @param scope the scope in which the admission is valid, as in a role
 * @param room the opening of the waiting room that gave the admission
 * @param number the holder's number in that opening; room and number together identify the admission
 * @param given when the admission began, in whole seconds
 * @param until when the admission ends, in whole seconds
 * @param inBrowser whether the admission is bound to a cookie, without which the token alone is not accepted
 */
public record Admission(String scope, long room, long number, Instant given, Instant until, boolean inBrowser) {

    private static final Duration LASTS = Duration.ofMinutes(15);
    private static final Duration FOR_A_REFUSAL = Duration.ofMinutes(2);
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Truncates both instants to whole seconds. */
    public Admission {
        given = given.truncatedTo(ChronoUnit.SECONDS);
        until = until.truncatedTo(ChronoUnit.SECONDS);
    }

    /** An admission that was never extended: it began 15 minutes before its end. */
    public Admission(String scope, long room, long number, Instant until, boolean inBrowser) {
        this(scope, room, number, until.minus(LASTS), until, inBrowser);
    }

    /** A copy that began at another time. */
    Admission givenAt(Instant given) {
        return new Admission(scope, room, number, given, until, inBrowser);
    }

    /** Whether the admission was extended after a refusal. */
    boolean isExtended() {
        return !given.equals(until.minus(LASTS));
    }

    /**
     * A copy that ends two minutes later, for a caller whom a full service turned away. However often it is extended, an admission lasts an
     * hour at most, so that nobody can keep one for later by causing refusals.
     */
    public Admission extended() {
        Instant longer = until.plus(FOR_A_REFUSAL);
        Instant last = given.plus(LONGEST);
        return new Admission(scope, room, number, given, longer.isBefore(last) ? longer : last, inBrowser);
    }
}
