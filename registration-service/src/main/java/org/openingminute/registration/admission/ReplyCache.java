package org.openingminute.registration.admission;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.registration.decision.SaleState;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Caches the results of this instance's latest batches, so that a double click is answered without the database. A result never changes
 * before its key expires, so a cached result is never wrong; a missing one may be in the database. The newest results are repeated most
 * often. They are kept in two generations: when the young one is full, it replaces the old one.
 */
@Component
public class ReplyCache {

    /** The capacity of a generation, in characters: one byte each in Latin text. */
    private static final long ROOM = 16_000_000;

    /** The approximate size of an entry besides its text. */
    private static final int OVERHEAD = 400;

    /** The lifetime of a generation: longer than any client waits, and much shorter than the lifetime of keys. */
    private static final Duration CACHED_FOR = Duration.ofMinutes(10);

    private final long room;
    private volatile Generation old = new Generation();
    private volatile Generation young = new Generation();

    @Autowired
    public ReplyCache() {
        this(ROOM);
    }

    ReplyCache(long room) {
        this.room = room;
    }

    /** The results since an instant, by {@link System#nanoTime}. */
    private static final class Generation {

        private final long since = System.nanoTime();
        private final Map<IdempotencyKey, SaleState.StoredReply> answers = new ConcurrentHashMap<>();
        private long weight;

        long age() {
            return System.nanoTime() - since;
        }

        /** Returns the reply to a key; empty once the generation is as old as the lifetime of keys, because the key may have expired. */
        SaleState.@Nullable StoredReply find(IdempotencyKey key) {
            return age() < IdempotencyKey.KEPT.toNanos() ? answers.get(key) : null;
        }

        void add(IdempotencyKey key, SaleState.StoredReply first) {
            answers.put(key, first);
            weight += OVERHEAD + first.answer().length();
        }
    }

    public Optional<SaleState.StoredReply> find(IdempotencyKey key) {
        SaleState.@Nullable StoredReply found = young.find(key);
        return Optional.ofNullable(found == null ? old.find(key) : found);
    }

    public synchronized void add(Map<IdempotencyKey, SaleState.StoredReply> committed) {
        if (young.weight > room || young.age() > CACHED_FOR.toNanos()) {
            old = young;
            young = new Generation();
        }
        committed.forEach(young::add);
    }
}
