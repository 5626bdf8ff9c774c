package org.openingminute.gateway.limits;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.openingminute.gateway.Rate;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpHeaders;

/**
 * One limit: a bucket for each client, its metric, and the headers that report it (draft-ietf-httpapi-ratelimit-headers-10). A bucket is
 * removed once nobody has used it for the time that it takes to refill after the last waiting call was served. Thread-safe.
 *
 * @param <B> the type of the buckets
 */
final class Limit<B> {

    private static final int BUCKETS_AT_MOST = 200_000;

    private final String name;
    private final Rate rate;
    private final String policy;
    private final LoadingCache<String, B> buckets;
    private final Counter passed;
    private final Counter waited;
    private final Counter refused;

    /** @param patience how long a call may wait */
    Limit(String name, Rate rate, Duration patience, Function<TokenBucket.Key, B> bucket, MeterRegistry meters) {
        this.name = name;
        this.rate = rate;
        this.policy = "\"%s\";q=%d;w=%d".formatted(name, rate.atOnce(), seconds(rate.timeOf(rate.atOnce())));
        this.buckets = Caffeine.newBuilder()
                .expireAfterAccess(rate.timeOf(rate.atOnce()).plus(patience))
                .maximumSize(BUCKETS_AT_MOST)
                .build(counted -> bucket.apply(new TokenBucket.Key(name, counted, rate)));
        this.passed = counter("passed", meters);
        this.waited = counter("waited", meters);
        this.refused = counter("refused", meters);
    }

    private Counter counter(String outcome, MeterRegistry meters) {
        return Counter.builder("gateway.limit.calls")
                .tag("limit", name)
                .tag("outcome", outcome)
                .register(meters);
    }

    B bucketOf(String counted) {
        return Objects.requireNonNull(buckets.get(counted));
    }

    /** Counts the outcome of a call, and reports it in the response's headers. */
    void note(Turn turn, HttpHeaders answer) {
        answer.set("RateLimit-Policy", policy);
        switch (turn) {
            case Turn.Granted(long left, boolean hasWaited) -> {
                (hasWaited ? waited : passed).increment();
                answer.set("RateLimit", text(left, seconds(rate.timeOf(rate.atOnce() - left))));
            }
            case Turn.Refused(Duration retryAfter) -> {
                refused.increment();
                answer.set("RateLimit", text(0, Math.max(1, seconds(retryAfter))));
            }
        }
    }

    private static long seconds(Duration time) {
        return Math.ceilDiv(time.toMillis(), 1_000L);
    }

    private String text(long left, long seconds) {
        return '"' + name + "\";r=" + left + ";t=" + seconds;
    }

    Problem problem(Turn.Refused refused) {
        return new Problem(CommonProblem.RATE_LIMITED, "Too many requests at once. Please try again in a moment.")
                .retryAfter(refused.retryAfter());
    }
}
