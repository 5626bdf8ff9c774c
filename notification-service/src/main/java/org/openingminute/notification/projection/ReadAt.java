package org.openingminute.notification.projection;

import java.time.Duration;
import java.time.Instant;

/**
 * The instant before a statement was sent. What it returned may be that old, by the monotonic or by the machine's clock, whichever
 * went further: the one stands still while a machine is suspended, the other may be set.
 */
public record ReadAt(long nanos, Instant instant) {

    /**
     * The present instant.
     *
     * @param now by the machine's clock
     */
    public static ReadAt now(Instant now) {
        return new ReadAt(System.nanoTime(), now);
    }

    /**
     * Whether less than this time has passed.
     *
     * @param now by the machine's clock
     */
    public boolean isWithin(Duration time, Instant now) {
        return isWithin(time, now(now));
    }

    boolean isWithin(Duration time, ReadAt now) {
        return now.nanos - nanos < time.toNanos()
                && Duration.between(instant, now.instant).compareTo(time) < 0;
    }
}
