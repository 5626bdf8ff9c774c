package org.openingminute.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * The tokens that are good. Only a service can tell: a token is known once a call that needs one was answered well with it. Until then
 * it counts for nothing, or who makes up tokens would have a bucket for each. Thread-safe.
 */
final class KnownTokens {

    /** As long as a staff token is good. One that ends meanwhile keeps its bucket, and its service refuses it. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(15);

    private static final int KNOWN_AT_MOST = 200_000;

    private final Cache<String, Boolean> known = Caffeine.newBuilder()
            .expireAfterWrite(KNOWN_FOR)
            .maximumSize(KNOWN_AT_MOST)
            .build();

    boolean isKnown(String token) {
        return known.getIfPresent(token) != null;
    }

    void add(String token) {
        known.put(token, true);
    }
}
