package org.openingminute.messaging.status;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Since when brokers answer without a break; looked at once a second, whether anybody asks or not. Safe for use by all
 * threads.
 */
final class BrokerWatch implements AutoCloseable {

    /** Longer than a relay takes until it sends again what waited for brokers. */
    static final Duration STEADY_AFTER = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(BrokerWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int LIMIT_MS = 2_000;

    private final Supplier<Admin> admins;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("broker-watch").factory());
    private @Nullable Admin admin;
    private volatile @Nullable Long answeringSince;

    /**
     * @param admins makes the client, once; fails with a {@link KafkaException} as long as no broker's name is known
     * @param nanoTime as {@link System#nanoTime}
     */
    BrokerWatch(Supplier<Admin> admins, LongSupplier nanoTime) {
        this.admins = admins;
        this.nanoTime = nanoTime;
    }

    void start() {
        var _ = looks.scheduleWithFixedDelay(this::look, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    /** Blocks for two seconds at most. */
    void look() {
        try {
            client().describeCluster(new DescribeClusterOptions().timeoutMs(LIMIT_MS))
                    .clusterId()
                    .get(LIMIT_MS, TimeUnit.MILLISECONDS);
            if (answeringSince == null) {
                answeringSince = nanoTime.getAsLong();
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.debug("No broker answers: {}", e.toString());
            answeringSince = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether they have answered for {@link #STEADY_AFTER}. */
    boolean areSteady() {
        Long since = answeringSince;
        return since != null && nanoTime.getAsLong() - since >= STEADY_AFTER.toNanos();
    }

    /**
     * The client, by which others may ask more.
     *
     * @throws KafkaException if it cannot be made yet
     */
    synchronized Admin client() {
        if (admin == null) {
            admin = admins.get();
        }
        return admin;
    }

    @Override
    public synchronized void close() {
        looks.shutdownNow();
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
