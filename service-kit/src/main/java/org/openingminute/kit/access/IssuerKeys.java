package org.openingminute.kit.access;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetBasedJWKSource;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's keys. They are fetched when the first token comes, when they are five minutes old, and for an unknown key id, the
 * last once in 30 s at most. While the issuer is away they are kept for twelve hours. Safe for use by many threads, of which one
 * fetches and the others wait.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {

    /** The time limit to connect, and for each response to begin. */
    private static final Duration FETCHED_WITHIN = Duration.ofSeconds(2);

    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration KEPT = Duration.ofHours(12);
    private static final Duration BETWEEN_UNKNOWN_IDS = Duration.ofSeconds(30);
    private static final int LARGEST = 256 * 1024;

    private final JWKSetSource<SecurityContext> keys;
    private final Clock clock;
    private final AtomicLong nextForUnknownId = new AtomicLong(Long.MIN_VALUE);

    /** @throws IllegalArgumentException if the address is none */
    IssuerKeys(String uri, Clock clock) {
        int limit = Math.toIntExact(FETCHED_WITHIN.toMillis());
        // Nimbus' own rate limit counts first and failed fetches too: an outage would last longer, and an unknown id
        // look like one.
        this.keys = ((JWKSetBasedJWKSource<SecurityContext>) JWKSourceBuilder.<SecurityContext>create(
                                url(uri), new DefaultResourceRetriever(limit, limit, LARGEST))
                        .cache(FRESH.toMillis(), 2 * FETCHED_WITHIN.toMillis())
                        .rateLimited(false)
                        .outageTolerant(KEPT.toMillis())
                        .build())
                .getJWKSetSource();
        this.clock = clock;
    }

    private static URL url(String uri) {
        try {
            return URI.create(uri).toURL();
        } catch (MalformedURLException | IllegalArgumentException e) {
            throw new IllegalArgumentException("STAFF_JWKS_URI is not a web address", e);
        }
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        long now = clock.millis();
        JWKSet known = keys.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), now, context);
        List<JWK> found = selector.select(known);
        return found.isEmpty() && mayFetchForUnknownId(now)
                ? selector.select(keys.getJWKSet(JWKSetCacheRefreshEvaluator.referenceComparison(known), now, context))
                : found;
    }

    private boolean mayFetchForUnknownId(long now) {
        long next = nextForUnknownId.get();
        return now >= next && nextForUnknownId.compareAndSet(next, now + BETWEEN_UNKNOWN_IDS.toMillis());
    }
}
