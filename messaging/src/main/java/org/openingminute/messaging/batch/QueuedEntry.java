package org.openingminute.messaging.batch;

import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An entry in the queue, with the future of its result. Times are those of {@link System#nanoTime}. Immutable.
 *
 * @param since when the entry was queued
 * @param heldSince when another instance was first found to hold one of its keys; {@code null} if none does
 * @param notBefore the earliest time at which its keys may be tried
 * @param alone whether a batch waited in vain for a locked row of this entry, which is then tried only in a batch of its own keys
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

    /** Whether a separate batch should now wait for the entry's locks. */
    boolean needsLockWait(long nanos) {
        return alone || (heldSince != null && System.nanoTime() - heldSince >= nanos);
    }

    boolean mayBeTried() {
        return !alone && System.nanoTime() - notBefore >= 0;
    }

    /** A copy that is retried after a pause. */
    QueuedEntry<E, R> held(long pauseNanos) {
        long now = System.nanoTime();
        return new QueuedEntry<>(
                entry, result, since, heldSince == null ? Long.valueOf(now) : heldSince, now + pauseNanos, alone);
    }

    /** A copy that is excluded from batches with other keys. */
    QueuedEntry<E, R> isolated() {
        return new QueuedEntry<>(entry, result, since, heldSince, notBefore, true);
    }
}
