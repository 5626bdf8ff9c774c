package org.openingminute.gateway.limits;

import java.time.Duration;

/** The decision of a bucket on a call. */
sealed interface Turn {

    /**
     * The call may proceed.
     *
     * @param left the remaining tokens
     * @param waited whether the call had to wait
     */
    record Granted(long left, boolean waited) implements Turn {}

    /** The call is refused and may be repeated after that time. */
    record Refused(Duration retryAfter) implements Turn {}
}
