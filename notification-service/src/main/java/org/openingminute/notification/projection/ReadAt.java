package org.openingminute.notification.projection;

import java.time.Duration;
import java.time.Instant;

/**
 * The instant just before a statement was sent, which limits the age of its result. Age is measured by the monotonic clock and by the
 * machine's clock, and the greater value counts: the first stops while a machine is suspended, and the second may be set.
 */
public record ReadAt(long nanos, Instant instant) {

    /**
     * Returns the current instant.
     *
     * @param now machine time
     */
    public static ReadAt now(Instant now) {
        return new ReadAt(System.nanoTime(), now);
    }

    /**
     * Whether less than this time has passed.
     *
     * @param now machine time
     */
    public boolean isWithin(Duration time, Instant now) {
        return isWithin(time, now(now));
    }

    boolean isWithin(Duration time, ReadAt now) {
        return now.nanos - nanos < time.toNanos()
                && Duration.between(instant, now.instant).compareTo(time) < 0;
    }
}
