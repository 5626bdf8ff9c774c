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
 * @param until when it ends, in whole seconds
 * @param inBrowser whether it is also a cookie, without which the token alone is not accepted
 */
public record Admission(String scope, long room, long number, Instant until, boolean inBrowser) {

    private static final Duration FOR_A_REFUSAL = Duration.ofMinutes(2);

    /** Cuts {@code until} to whole seconds. */
    public Admission {
        until = until.truncatedTo(ChronoUnit.SECONDS);
    }

    /** The same, two minutes longer: for one who was turned away because the service had no room. */
    public Admission extended() {
        return new Admission(scope, room, number, until.plus(FOR_A_REFUSAL), inBrowser);
    }
}
