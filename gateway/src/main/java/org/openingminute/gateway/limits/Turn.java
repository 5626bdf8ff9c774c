package org.openingminute.gateway.limits;

import java.time.Duration;

/** What a bucket says to a call. */
sealed interface Turn {

    /**
     * The call goes on.
     *
     * @param left tokens that are left
     * @param waited whether it had to wait
     */
    record Granted(long left, boolean waited) implements Turn {}

    /** The call may come again after that time. */
    record Refused(Duration retryAfter) implements Turn {}
}
