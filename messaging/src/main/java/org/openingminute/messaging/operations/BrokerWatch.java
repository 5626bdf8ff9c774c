package org.openingminute.messaging.operations;

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
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether brokers answer, and whether they have done so for long enough after an outage. Only this class polls the brokers, once a
 * second. One or two late answers do not count as an outage, because relays continue through them. Thread-safe.
 */
final class BrokerWatch implements AutoCloseable {

    /** Longer than a relay takes to start sending the messages that waited for brokers. */
    static final Duration STEADY_AFTER = Duration.ofSeconds(8);

    private static final Logger log = LoggerFactory.getLogger(BrokerWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int OUTAGE = 3;
    private static final int LIMIT_MS = 2_000;

    private final Supplier<Admin> admins;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService poller = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("broker-watch").factory());
    private @Nullable Admin admin;
    private volatile boolean answering;
    private volatile long steadyFrom;
    private int failed;

    /**
     * @param admins creates the client, once; throws a {@link KafkaException} while no broker's name can be resolved
     * @param nanoTime a source of nanoseconds, such as {@link System#nanoTime}
     */
    BrokerWatch(Supplier<Admin> admins, LongSupplier nanoTime) {
        this.admins = admins;
        this.nanoTime = nanoTime;
        this.steadyFrom = nanoTime.getAsLong();
    }

    void start() {
        var _ = poller.scheduleWithFixedDelay(this::poll, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    /** Polls the brokers. Blocks for two seconds at most. */
    void poll() {
        try {
            client().describeCluster(new DescribeClusterOptions().timeoutMs(LIMIT_MS))
                    .clusterId()
                    .get(LIMIT_MS, TimeUnit.MILLISECONDS);
            if (failed >= OUTAGE) {
                steadyFrom = nanoTime.getAsLong() + STEADY_AFTER.toNanos();
            }
            failed = 0;
            answering = true;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.debug("No broker answers: {}", RedactedException.types(e));
            answering = false;
            failed++;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether brokers answer and, after an outage, have done so for {@link #STEADY_AFTER}. */
    boolean areSteady() {
        return answering && nanoTime.getAsLong() - steadyFrom >= 0;
    }

    /**
     * The client, for other queries.
     *
     * @throws KafkaException if it cannot be created yet
     */
    synchronized Admin client() {
        if (admin == null) {
            admin = admins.get();
        }
        return admin;
    }

    @Override
    public synchronized void close() {
        poller.shutdownNow();
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
