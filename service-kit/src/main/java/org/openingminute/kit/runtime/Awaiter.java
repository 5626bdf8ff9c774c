package org.openingminute.kit.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Lets a caller wait for data that is on its way to this service, because another service may answer before its message arrives here. Only
 * a limited number of callers wait at a time, each for a limited time; any other caller gets at once what is known. A waiting caller must
 * hold neither a connection nor a lock. Thread-safe.
 */
public final class Awaiter {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Semaphore places;

    /** @param atOnce the maximum number of waiting callers */
    public Awaiter(int atOnce) {
        places = new Semaphore(atOnce);
    }

    /**
     * Repeats a read until it returns something.
     *
     * @param read a short read; repeated every 100 ms
     * @param atMost the longest wait; the last read may end later
     * @return the result of the last read
     */
    public <T> Optional<T> await(Supplier<Optional<T>> read, Duration atMost) {
        return await(read, _ -> true, atMost);
    }

    /**
     * Repeats a read until it returns something that is settled.
     *
     * @param read a short read; repeated every 100 ms
     * @param settled whether the result is good enough to stop waiting
     * @param atMost the longest wait; the last read may end later
     * @return the result of the last read, settled or not
     */
    public <T> Optional<T> await(Supplier<Optional<T>> read, Predicate<T> settled, Duration atMost) {
        Optional<T> found = read.get();
        if (found.filter(settled).isPresent() || !places.tryAcquire()) {
            return found;
        }
        try {
            long end = System.nanoTime() + atMost.toNanos();
            while (found.filter(settled).isEmpty() && System.nanoTime() - end < 0) {
                Thread.sleep(PAUSE);
                found = read.get();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            places.release();
        }
        return found;
    }
}
