package org.openingminute.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.Rate;
import org.openingminute.gateway.TestSettings;
import org.openingminute.kit.testing.FreePort;
import redis.embedded.RedisServer;

/** Proves that several gateways share the buckets of one limit through a real Redis, and limit by themselves while Redis is away. */
class SharedBucketsIT {

    /** A rate so low that no token returns within a test. */
    private static final TokenBucket.Key KEY =
            new TokenBucket.Key("address", "198.51.100.1", Rate.of("1/h, 100 at once"));

    private final List<Gateway> gateways = new ArrayList<>();
    private int port;
    private RedisServer redis;

    @BeforeEach
    void startRedis() throws IOException {
        port = FreePort.draw();
        redis = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        redis.start();
    }

    @AfterEach
    void stopAll() throws IOException {
        gateways.forEach(gateway -> gateway.shared.stop());
        redis.stop();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    /** One gateway's view of the shared bucket. */
    private record Gateway(SharedBuckets shared, SimpleMeterRegistry meters, TokenBucket bucket) {

        /**
         * Takes tokens until none is left, slowly enough to learn how many the other gateways took. Returns the number of tokens it got.
         */
        int takeAll() throws InterruptedException {
            int taken = 0;
            long full = 0;
            while (taken <= 100 && bucket.take() instanceof Turn.Granted(long left, boolean _)) {
                taken++;
                full = Math.max(full, left + taken);
                // It shares from the fourth on. Until it has learned, it would take what the others took.
                boolean waitsToLearn = taken >= 4 && left + taken == full;
                Thread.sleep(Duration.ofMillis(waitsToLearn ? 500 : 60));
            }
            return taken;
        }

        boolean shares() {
            return meters.get("gateway.limits.unshared").gauge().value() == 0;
        }
    }

    private Gateway gateway() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        SharedBuckets shared = new SharedBuckets(TestSettings.sharing("redis://127.0.0.1:" + port), meters);
        shared.start();
        Gateway gateway = new Gateway(shared, meters, new TokenBucket(KEY, TimeMeter.SYSTEM_NANOTIME, shared::share));
        gateways.add(gateway);
        return gateway;
    }

    @Test
    void gateways_share_one_bucket() throws InterruptedException {
        Gateway one = gateway();
        Gateway other = gateway();
        await().until(() -> one.shares() && other.shares());
        IntStream.range(0, 80).forEach(_ -> one.bucket.take());
        await().until(() -> !keys().isEmpty());
        assertThat(other.takeAll()).isBetween(16, 28);
    }

    @Test
    void a_client_that_calls_seldom_is_not_shared() {
        Gateway one = gateway();
        await().until(one::shares);
        IntStream.range(0, 3).forEach(_ -> one.bucket.take());
        TokenBucket another = bucket(one, "198.51.100.2");
        IntStream.range(0, 4).forEach(_ -> another.take());
        await().until(() -> keys().size() == 1);
    }

    private static TokenBucket bucket(Gateway gateway, String counted) {
        TokenBucket.Key key = new TokenBucket.Key("address", counted, KEY.rate());
        return new TokenBucket(key, TimeMeter.SYSTEM_NANOTIME, gateway.shared::share);
    }

    @Test
    void nothing_in_redis_names_a_client_and_all_of_it_ends() {
        Gateway one = gateway();
        await().until(one::shares);
        IntStream.range(0, 10).forEach(_ -> one.bucket.take());
        await().until(() -> !keys().isEmpty());
        assertThat(keys())
                .singleElement()
                .asString()
                .startsWith("limit:address:")
                .doesNotContain("198.51.100.1");
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<String, String> connection = client.connect()) {
            assertThat(connection.sync().ttl(keys().getFirst())).isPositive();
        }
    }

    @Test
    void each_gateway_goes_on_alone_while_redis_is_away_and_shares_again_when_it_is_back() throws Exception {
        Gateway one = gateway();
        await().until(one::shares);
        redis.stop();
        takeTenOf(one);
        await().until(() -> !one.shares());
        takeTenOf(one);
        Gateway started = gateway();
        takeTenOf(started);
        assertThat(started.shares()).isFalse();

        redis.start();
        await().until(() -> one.shares() && started.shares());
        IntStream.range(0, 50).forEach(_ -> one.bucket.take());
        await().until(() -> !keys().isEmpty());
        assertThat(started.takeAll()).isBetween(46, 58);
    }

    private static void takeTenOf(Gateway gateway) {
        IntStream.range(0, 10).forEach(_ -> assertThat(gateway.bucket.take()).isInstanceOf(Turn.Granted.class));
    }

    private List<String> keys() {
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<String, String> connection = client.connect()) {
            return connection.sync().keys("*");
        }
    }
}
