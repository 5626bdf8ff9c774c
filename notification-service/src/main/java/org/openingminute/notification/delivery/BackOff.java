package org.openingminute.notification.delivery;

import java.time.Duration;

/**
 * The wait after a refusal. It doubles each time, up to a quarter of an hour.
 *
 * @param first the wait after the first refusal
 */
record BackOff(Duration first) {

    private static final int SILENCES = 3;
    private static final Duration LONGEST = Duration.ofMinutes(15);

    /** Returns the wait after this many refusals, at least 1. */
    Duration after(int refusals) {
        Duration wait = first.multipliedBy(1L << Math.clamp(refusals - 1L, 0, 10));
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }

    /**
     * Returns the wait after the server has stopped responding this often, at least once, in the middle of a mail.
     *
     * @param shortest the wait after the first few times, which are as likely the server's fault as the mail's
     */
    Duration afterSilence(int silences, Duration shortest) {
        return silences < SILENCES ? shortest : after(silences - SILENCES + 1);
    }

    /** Whether the waits after this many refusals add up to the given time. */
    boolean hasWaited(int refusals, Duration inAll) {
        Duration waited = Duration.ZERO;
        for (int refusal = 1; refusal <= refusals && waited.compareTo(inAll) < 0; refusal++) {
            waited = waited.plus(after(refusal));
        }
        return waited.compareTo(inAll) >= 0;
    }
}
