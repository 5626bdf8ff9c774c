package org.openingminute.gateway.room;

import java.util.stream.LongStream;
import org.openingminute.gateway.room.Counters.Count;

/**
 * How many registrations a second registration-service can decide. It is learnt from seconds in which the service's queue was busy, because
 * a quiet system decides only what arrives, and a throttled one only what it was sent. Immutable.
 *
 * @param perSecond registrations a second; at least 1, because nothing can be learnt from a line that has stopped
 * @param isMeasured whether a busy queue ever showed the capacity, in this opening or an earlier one
 * @param lastBusy the last second in which the queue was busy, or {@link #NEVER}
 */
record Capacity(double perSecond, boolean isMeasured, long lastBusy) {

    static final long NEVER = Long.MIN_VALUE / 2;

    private static final double LEAST = 1;
    private static final int BUSY_MILLIS = 500;
    private static final int CALM_MILLIS = 200;
    private static final int CALM_SECONDS = 120;
    private static final int SUSTAINED_SECONDS = 5;

    Capacity {
        perSecond = Math.max(LEAST, perSecond);
    }

    static Capacity measured(double perSecond) {
        return new Capacity(perSecond, true, NEVER);
    }

    static Capacity assumed(double perSecond) {
        return new Capacity(perSecond, false, NEVER);
    }

    /** The capacity at {@code now}, after one more second. */
    Capacity next(Counters counters, long now) {
        return isBusy(counters, now - 1) ? afterBusySecond(counters, now) : afterCalmSecond(counters, now);
    }

    private Capacity afterBusySecond(Counters counters, long now) {
        double decided = mean(counters, SUSTAINED_SECONDS, now);
        // In a single busy second among calm ones, the decided registrations show the demand and not the capacity.
        boolean sustained = LongStream.range(now - SUSTAINED_SECONDS, now).allMatch(second -> isBusy(counters, second));
        return new Capacity(Math.max(decided, sustained ? perSecond * 0.95 : perSecond), true, now);
    }

    private Capacity afterCalmSecond(Counters counters, long now) {
        int longestWait = counters.highest(Count.WAIT_MILLIS, now - 60, now);
        if (longestWait > BUSY_MILLIS) {
            return this;
        }
        double minute = mean(counters, 60, now);
        boolean mayProbe =
                counters.of(Count.WAITING, now) > 0 && longestWait < CALM_MILLIS && now - lastBusy >= CALM_SECONDS;
        double probed = mayProbe ? Math.min(perSecond * 1.01, minute * 1.3) : 0;
        return new Capacity(Math.max(perSecond, Math.max(minute, probed)), isMeasured, lastBusy);
    }

    private static double mean(Counters counters, int seconds, long now) {
        return (double) counters.sum(Count.DECIDED, now - seconds, now) / seconds;
    }

    private static boolean isBusy(Counters counters, long second) {
        int decided = counters.of(Count.DECIDED, second);
        int refused = counters.of(Count.REFUSED, second);
        return counters.of(Count.WAIT_MILLIS, second) > BUSY_MILLIS || refused * 10 > decided + refused;
    }
}
