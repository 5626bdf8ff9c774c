package org.openingminute.registration.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * How many requests for seats may wait in this instance: those that it finishes in 150 ms, by the last full second, but
 * from 512 to 1,024. So a slow system refuses early what it could answer only late, and a fast one keeps its batches full.
 */
final class WaitingLimit {

    static final int LEAST = 512;
    static final int MOST = 1_024;

    private static final double SECONDS = 0.15;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final AtomicInteger waiting = new AtomicInteger();
    /** The beginning of the second that is being counted. */
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

    /** Lets a request in, unless as many wait as may; one that was let in has to leave. */
    boolean tryEnter() {
        if (waiting.incrementAndGet() <= now()) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    /** @param answered false if the request leaves without an answer */
    void left(boolean answered) {
        waiting.decrementAndGet();
        if (answered) {
            finished();
        }
    }

    /** The limit now. */
    int now() {
        // A second that has not ended long after it should have: hardly anything is finished.
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
