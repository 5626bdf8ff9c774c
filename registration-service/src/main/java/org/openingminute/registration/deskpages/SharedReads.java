package org.openingminute.registration.deskpages;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A read-through cache for values that many screens request at the same time. The first caller reads; callers that arrive meanwhile get the
 * same value or the same failure. A value is kept for one second, a failure is not kept. Thread-safe; callers wait only for reads of their
 * own key.
 *
 * @param <K> the key
 */
public final class SharedReads<K, V> {

    private static final Duration KEPT = Duration.ofSeconds(1);
    private static final int MOST = 1_000;

    private final AsyncCache<K, V> kept;

    public SharedReads() {
        this(Ticker.systemTicker());
    }

    SharedReads(Ticker ticker) {
        kept = Caffeine.newBuilder()
                .expireAfterWrite(KEPT)
                .maximumSize(MOST)
                .ticker(ticker)
                .executor(Runnable::run)
                .buildAsync();
    }

    /**
     * Returns the value of a key. It is read on the calling thread unless another thread is reading it or has read it within the last
     * second.
     */
    public V get(K key, Supplier<V> read) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        @Nullable CompletableFuture<V> others = kept.asMap().putIfAbsent(key, mine);
        if (others != null) {
            return joined(others);
        }
        try {
            mine.complete(read.get());
        } catch (Throwable e) {
            mine.completeExceptionally(e);
        }
        return joined(mine);
    }

    private static <V> V joined(CompletableFuture<V> read) {
        try {
            return read.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
