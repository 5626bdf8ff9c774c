package org.openingminute.registration.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Limits how many requests for seats may wait in this instance: as many as it finishes in 150 ms, measured over the last full second, but
 * at least 512 and at most 1,024. A slow system thus refuses early what it could only answer late, and a fast one keeps its batches full.
 * Thread-safe.
 */
final class WaitingLimit {

    static final int LEAST = 512;
    static final int MOST = 1_024;

    private static final double SECONDS = 0.15;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final AtomicInteger waiting = new AtomicInteger();
    /** Start of the second that is being counted, by {@code nanoTime}. */
    private volatile long since;

    private volatile int limit = LEAST;
    private int finished;

    WaitingLimit() {
        this(System::nanoTime);
    }

    WaitingLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    /** Admits a request unless too many are waiting. An admitted request must call {@link #left}. */
    boolean tryEnter() {
        if (waiting.incrementAndGet() <= now()) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    /** @param answered false if the request was dropped without an answer */
    void left(boolean answered) {
        waiting.decrementAndGet();
        if (answered) {
            finished();
        }
    }

    /** Returns the current limit. */
    int now() {
        // A count that is still open after two seconds means that hardly anything is finished.
        return nanoTime.getAsLong() - since < 2 * SECOND ? limit : LEAST;
    }

    private synchronized void finished() {
        finished++;
        long now = nanoTime.getAsLong();
        long passed = now - since;
        if (passed >= SECOND) {
            limit = Math.clamp((long) (finished * SECONDS * SECOND / passed), LEAST, MOST);
            finished = 0;
            since = now;
        }
    }
}
