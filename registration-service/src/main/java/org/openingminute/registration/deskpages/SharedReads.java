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
 * What many screens ask for at the same time: it is read by the first who asks, and those who come while it is read get the same value or
 * the same failure. A value is kept for a second, a failure is not. Safe for all threads; those of one key wait for no other.
 *
 * @param <K> what it is about
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

    /** Reads on the caller's thread, unless somebody else is reading it or did so within a second. */
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
