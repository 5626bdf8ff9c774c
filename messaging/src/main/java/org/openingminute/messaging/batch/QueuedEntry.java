package org.openingminute.messaging.batch;

import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An entry in the queue, with the future of its result. Instants are those of {@link System#nanoTime}.
 *
 * @param since when it was queued
 * @param heldSince since when another instance is known to hold one of its keys; {@code null} if none does
 * @param notBefore when its keys may be tried
 * @param alone whether a batch waited in vain for a row of this entry, which somebody has locked: it goes with its key alone
 */
record QueuedEntry<E extends BatchEntry, R>(
        E entry,
        CompletableFuture<R> result,
        long since,
        @Nullable Long heldSince,
        long notBefore,
        boolean alone) {

    static <E extends BatchEntry, R> QueuedEntry<E, R> of(E entry) {
        long now = System.nanoTime();
        return new QueuedEntry<>(entry, new CompletableFuture<>(), now, null, now, false);
    }

    boolean sharesKeyWith(Collection<String> keys) {
        return !Collections.disjoint(entry.keys(), keys);
    }

    boolean isOlderThan(long nanos) {
        return System.nanoTime() - since >= nanos;
    }

    /** Whether it is time to wait for its locks, in a batch of its keys alone. */
    boolean isToBeWaitedFor(long nanos) {
        return alone || (heldSince != null && System.nanoTime() - heldSince >= nanos);
    }

    boolean mayBeTried() {
        return !alone && System.nanoTime() - notBefore >= 0;
    }

    /** The same, to be tried again after a pause. */
    QueuedEntry<E, R> held(long pauseNanos) {
        long now = System.nanoTime();
        return new QueuedEntry<>(
                entry, result, since, heldSince == null ? Long.valueOf(now) : heldSince, now + pauseNanos, alone);
    }

    /** The same, to be left out of batches with other keys. */
    QueuedEntry<E, R> goingAlone() {
        return new QueuedEntry<>(entry, result, since, heldSince, notBefore, true);
    }
}
