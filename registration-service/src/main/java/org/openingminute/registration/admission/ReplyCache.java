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
 * Results of this instance's last batches, so that a double click is answered without the database. A result never
 * changes while its key counts, so none in the cache can be wrong; one that is missing may be in the database. The
 * newest are repeated most, so they are kept, in two generations: when the young one is full, it takes the place of the
 * old one.
 */
@Component
public class ReplyCache {

    /** The capacity of a generation, in characters: one byte each in Latin text. */
    private static final long ROOM = 16_000_000;

    /** The size of an entry beside its text, roughly. */
    private static final int OVERHEAD = 400;

    /** The lifetime of a generation: long after a client has given up, and much shorter than keys count. */
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

    /** The results since an instant by {@link System#nanoTime}. */
    private static final class Generation {

        private final long since = System.nanoTime();
        private final Map<IdempotencyKey, SaleState.StoredReply> answers = new ConcurrentHashMap<>();
        private long weight;

        long age() {
            return System.nanoTime() - since;
        }

        /** The answer to a key; none once the generation is as old as keys count, because the key may have expired. */
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
