package org.openingminute.notification.delivery;

import java.time.Duration;

/**
 * The wait after a refusal: twice as long each time, up to a quarter of an hour.
 *
 * @param first the wait after the first
 */
record BackOff(Duration first) {

    private static final int SILENCES = 3;
    private static final Duration LONGEST = Duration.ofMinutes(15);

    /** The wait after this many refusals, at least 1. */
    Duration after(int refusals) {
        Duration wait = first.multipliedBy(1L << Math.clamp(refusals - 1L, 0, 10));
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }

    /**
     * The wait after the server fell silent this often, at least once, in the middle of a mail.
     *
     * @param shortest the wait after the first few silences, which are as likely the server's fault as the mail's
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
