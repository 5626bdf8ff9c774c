package org.openingminute.gateway.limits;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.VerboseResult;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Shares buckets among several gateways through Redis. A gateway decides each call by its own bucket. Afterwards, on a separate thread, it
 * takes from the shared bucket what was taken locally, and from its own what other gateways took meanwhile. No call waits for Redis, and
 * while Redis is unavailable each gateway limits by itself. Thread-safe.
 */
@Component
final class SharedBuckets implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(SharedBuckets.class);

    private static final Duration EVERY = Duration.ofMillis(50);
    /** The minimum that the Redis client accepts. */
    private static final int THREADS = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** A margin for clocks that differ, in addition to the time that it takes to refill a bucket. */
    private static final Duration KEPT_FOR_LONGER = Duration.ofSeconds(10);

    private final String url;
    private final Queue<TokenBucket> waiting = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Sharing sharing;

    SharedBuckets(GatewaySettings settings, MeterRegistry meters) {
        url = settings.limitsAreOn() ? settings.redisUrl() : "";
        Gauge.builder("gateway.limits.unshared", () -> sharing != null && !sharing.works ? 1 : 0)
                .register(meters);
    }

    /** Schedules the sharing of what was taken from a bucket. */
    void share(TokenBucket bucket) {
        if (sharing == null) {
            bucket.drainUnshared();
        } else {
            waiting.add(bucket);
        }
    }

    @Override
    public synchronized void start() {
        if (!url.isEmpty()) {
            sharing = new Sharing();
        }
    }

    @Override
    public synchronized void stop() {
        Sharing running = sharing;
        sharing = null;
        if (running != null) {
            running.end();
        }
    }

    @Override
    public boolean isRunning() {
        return sharing != null;
    }

    /** Stops after the web server, so that limits are shared until then. */
    @Override
    public int getPhase() {
        return 0;
    }

    /** The thread that shares, with its connection. */
    private final class Sharing {

        private final ClientResources resources = ClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .reconnectDelay(Delay.constant(PATIENCE))
                .build();
        private final RedisClient client = RedisClient.create(resources, uri());
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("limits-shared").factory());
        private @Nullable StatefulRedisConnection<String, byte[]> connection;
        private @Nullable AsyncProxyManager<String> buckets;
        private long triesAgainAt = System.nanoTime();
        private boolean warned;
        private volatile boolean works;

        private Sharing() {
            client.setOptions(ClientOptions.builder()
                    .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                    .timeoutOptions(TimeoutOptions.enabled(PATIENCE))
                    .build());
            var _ = thread.scheduleWithFixedDelay(this::shareAll, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }

        private RedisURI uri() {
            RedisURI uri = RedisURI.create(url);
            uri.setTimeout(PATIENCE);
            return uri;
        }

        private void end() {
            thread.shutdownNow();
            client.shutdown(Duration.ZERO, PATIENCE);
            var _ = resources.shutdown(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** Catches everything: without this thread nothing would be shared any more. */
        private void shareAll() {
            try {
                if (triesAgainAt - System.nanoTime() <= 0) {
                    AsyncProxyManager<String> all = connected();
                    List<CompletableFuture<Void>> answers = new ArrayList<>();
                    for (TokenBucket next = waiting.poll(); next != null; next = waiting.poll()) {
                        answers.add(share(next, all));
                    }
                    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                    worked();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | ExecutionException | TimeoutException e) {
                failed(e);
            }
            // The other gateways never learn of what could not be shared.
            for (TokenBucket next = works ? null : waiting.poll(); next != null; next = waiting.poll()) {
                next.drainUnshared();
            }
        }

        private AsyncProxyManager<String> connected() {
            StatefulRedisConnection<String, byte[]> made = connection;
            AsyncProxyManager<String> all = buckets;
            if (made == null || all == null) {
                made = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
                all = Bucket4jLettuce.casBasedBuilder(made)
                        .expirationAfterWrite(
                                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT_FOR_LONGER))
                        .build()
                        .asAsync();
                connection = made;
                buckets = all;
            }
            if (!made.isOpen()) {
                throw new RedisConnectionException("closed");
            }
            return all;
        }

        private void worked() {
            if (!works) {
                log.info("Limits are shared with other gateways");
            }
            works = true;
            warned = false;
        }

        private void failed(Exception e) {
            if (!warned) {
                log.warn("Limits are not shared with other gateways, retrying: {}", RedactedException.types(e));
            }
            works = false;
            warned = true;
            triesAgainAt = System.nanoTime() + PATIENCE.toNanos();
        }
    }

    private static CompletableFuture<Void> share(TokenBucket bucket, AsyncProxyManager<String> buckets) {
        TokenBucket.Key key = bucket.key();
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(TokenBucket.bandwidth(key.rate()))
                .build();
        return buckets.getProxy(name(key), () -> CompletableFuture.completedFuture(configuration))
                .asVerbose()
                .consumeIgnoringRateLimits(Math.max(1, bucket.drainUnshared()))
                .thenApply(VerboseResult::getState)
                .thenAccept(state -> bucket.shared(state.getAvailableTokens()));
    }

    /** The key in Redis. It contains no address or token in the clear. A limit whose rate is changed gets new buckets. */
    private static String name(TokenBucket.Key key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(key.counted().getBytes(StandardCharsets.UTF_8));
            return "limit:%s:%s:%s"
                    .formatted(
                            key.limit(),
                            key.rate(),
                            Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
