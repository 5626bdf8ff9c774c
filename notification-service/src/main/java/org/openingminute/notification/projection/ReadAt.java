package org.openingminute.notification.projection;

import java.time.Duration;

/**
 * The instant before a statement was sent. What it returned may be that old, by the monotonic or by the machine's clock, whichever
 * went further: the one stands still while a machine is suspended, the other may be set.
 */
public record ReadAt(long nanos, long millis) {

    public static ReadAt now() {
        return new ReadAt(System.nanoTime(), System.currentTimeMillis());
    }

    /** Whether less than this time has passed. */
    public boolean isWithin(Duration time) {
        return isWithin(time, now());
    }

    boolean isWithin(Duration time, ReadAt now) {
        long passed = Math.max(
                now.nanos - nanos, Duration.ofMillis(now.millis - millis).toNanos());
        return passed < time.toNanos();
    }
}
