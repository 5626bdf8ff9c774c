package org.openingminute.notification.sending;

import java.time.Duration;

/** How long to wait after a refusal: twice as long each time, up to a quarter of an hour. */
final class BackOff {

    private static final Duration FIRST = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private BackOff() {}

    /** The wait after so many refusals, 1 at least. */
    static Duration after(int refusals) {
        Duration wait = FIRST.multipliedBy(1L << Math.clamp(refusals - 1L, 0, 10));
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }
}
