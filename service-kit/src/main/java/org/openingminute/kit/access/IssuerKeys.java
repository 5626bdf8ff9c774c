package org.openingminute.kit.access;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.URL;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of a token issuer, cached. They are fetched for the first token, again when they are five minutes old, and for an unknown
 * key id at most once in 30 s. While the issuer is unreachable, the cached keys serve for twelve hours. Thread-safe: all threads wait for
 * the one fetch in progress, 3 s at most.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    private static final Duration CONNECT_AND_READ_TIMEOUT = Duration.ofSeconds(2);

    /** The limit for a whole fetch, including name resolution and a body that arrives slowly. */
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration KEPT = Duration.ofHours(12);
    private static final Duration BETWEEN_UNKNOWN_IDS = Duration.ofSeconds(30);

    /** The pause after a failed fetch while cached keys can be used. */
    private static final Duration AWAY_WITH_KEYS = Duration.ofSeconds(30);

    private static final Duration AWAY_WITHOUT_KEYS = Duration.ofSeconds(1);
    private static final int LARGEST = 256 * 1024;

    private final URL url;
    private final ResourceRetriever retriever;
    private final Clock clock;

    // Everything below is guarded by this object's monitor.
    private @Nullable Fetched kept;
    private CompletableFuture<Fetched> latest = CompletableFuture.failedFuture(new IllegalStateException("none yet"));
    // A hanging fetch may keep its thread alive after every caller has stopped waiting.
    private boolean threadIsAlive;
    private boolean away;
    private long nextFetch = Long.MIN_VALUE;
    private long nextForUnknownId = Long.MIN_VALUE;

    IssuerKeys(URL url, Clock clock) {
        int limit = Math.toIntExact(CONNECT_AND_READ_TIMEOUT.toMillis());
        this.url = url;
        this.retriever = new DefaultResourceRetriever(limit, limit, LARGEST);
        this.clock = clock;
    }

    private record Fetched(JWKSet keys, long at) {

        boolean isYounger(Duration age, long now) {
            return now < at + age.toMillis();
        }
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws JWKSetUnavailableException {
        Fetched known = usable(fresh());
        List<JWK> found = selector.select(known.keys());
        return found.isEmpty() ? selector.select(usable(newerThan(known)).keys()) : found;
    }

    /** The cached keys if they are fresh; otherwise the fetch in progress or a new one. */
    private synchronized CompletableFuture<Fetched> fresh() {
        long now = clock.millis();
        return kept != null && kept.isYounger(FRESH, now) ? CompletableFuture.completedFuture(kept) : fetch(now);
    }

    private synchronized CompletableFuture<Fetched> newerThan(Fetched known) {
        long now = clock.millis();
        if (known.equals(kept) && latest.isDone()) {
            if (now < nextForUnknownId) {
                return CompletableFuture.completedFuture(known);
            }
            nextForUnknownId = now + BETWEEN_UNKNOWN_IDS.toMillis();
        }
        return known.equals(kept) ? fetch(now) : latest;
    }

    /** The fetch in progress; during the pause after a failed fetch, that one; otherwise a new fetch. */
    private CompletableFuture<Fetched> fetch(long now) {
        if (latest.isDone() && !threadIsAlive && now >= nextFetch) {
            CompletableFuture<Fetched> fetched = new CompletableFuture<>();
            latest = fetched.orTimeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((_, failure) -> {
                        if (failure != null) {
                            failed(failure);
                        }
                    });
            threadIsAlive = true;
            Thread.ofPlatform().daemon().name("staff-keys").start(() -> retrieve(fetched));
        }
        return latest;
    }

    private void retrieve(CompletableFuture<Fetched> fetched) {
        try {
            JWKSet keys = JWKSet.parse(retriever.retrieveResource(url).getContent());
            fetched.complete(succeeded(keys));
        } catch (IOException | ParseException | RuntimeException e) {
            ended();
            fetched.completeExceptionally(e);
        }
    }

    private synchronized Fetched succeeded(JWKSet keys) {
        Fetched fetched = new Fetched(keys, clock.millis());
        kept = fetched;
        threadIsAlive = false;
        nextFetch = Long.MIN_VALUE;
        if (away) {
            away = false;
            log.warn("The keys of staff tokens can be fetched again");
        }
        return fetched;
    }

    private synchronized void ended() {
        threadIsAlive = false;
    }

    private synchronized void failed(Throwable failure) {
        long now = clock.millis();
        boolean hasKeys = kept != null && kept.isYounger(KEPT, now);
        nextFetch = now + (hasKeys ? AWAY_WITH_KEYS : AWAY_WITHOUT_KEYS).toMillis();
        if (!away) {
            away = true;
            log.warn(
                    "The keys of staff tokens cannot be fetched ({}): {}",
                    failure.getClass().getSimpleName(),
                    hasKeys
                            ? "the cached ones are used for 12 hours after they were fetched"
                            : "no staff token is accepted");
        }
    }

    /** Waits for a fetch; returns the cached keys if it failed. */
    private Fetched usable(CompletableFuture<Fetched> fetch) throws JWKSetUnavailableException {
        try {
            return fetch.join();
        } catch (CompletionException e) {
            return keptFor(e);
        }
    }

    private synchronized Fetched keptFor(Throwable failure) throws JWKSetUnavailableException {
        if (kept != null && kept.isYounger(KEPT, clock.millis())) {
            return kept;
        }
        throw new JWKSetUnavailableException("The keys cannot be fetched", failure);
    }
}
