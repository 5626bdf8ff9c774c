package org.openingminute.messaging.outbox;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.TimePartitions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Creates the outbox's daily partitions ahead, and drops those that are old and fully relayed. It also ensures that today's partition
 * exists and the database's incarnation is recorded before the first append, whether or not a broker is reachable.
 */
final class OutboxPartitions implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxPartitions.class);
    private static final int DAYS_AHEAD = 7;
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final Duration RETENTION = Duration.ofDays(7);
    // Rows of two to eight kilobytes are stored inline.
    private static final String STORED = "toast_tuple_target = 8160";

    private final JdbcClient jdbc;
    private final DatabaseIncarnations incarnations;
    private final TimePartitions partitions;
    private volatile @Nullable ScheduledExecutorService upkeep;

    OutboxPartitions(JdbcClient jdbc, DataSource dataSource, DatabaseIncarnations incarnations) {
        this.jdbc = jdbc;
        this.incarnations = incarnations;
        this.partitions = new TimePartitions(dataSource, "outbox", STORED);
    }

    /** Starts before everything else, so that the first append finds today's partition. */
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }

    @Override
    public void start() {
        make();
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name("outbox-days").factory());
        var _ = started.scheduleWithFixedDelay(
                this::makeAndDrop, EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
        upkeep = started;
    }

    @Override
    public void stop() {
        @Nullable ScheduledExecutorService stopped = upkeep;
        if (stopped != null) {
            stopped.shutdownNow();
        }
        upkeep = null;
    }

    @Override
    public boolean isRunning() {
        return upkeep != null;
    }

    /** Creates and drops partitions. A failure is logged, and the work is retried the next time. */
    void makeAndDrop() {
        try {
            make();
            int dropped = partitions.dropOlderThan(RETENTION, this::isRelayed);
            if (dropped > 0) {
                log.info("Dropped {} daily partitions of the outbox", dropped);
            }
        } catch (RuntimeException e) {
            log.warn(
                    "Daily partitions of the outbox could not be created or dropped, retrying later: {}",
                    RedactedException.types(e));
        }
    }

    private void make() {
        partitions.makeAhead(DAYS_AHEAD);
        incarnations.note();
        incarnations.checkServer();
    }

    private boolean isRelayed(String partition) {
        return jdbc.sql("""
                select not exists (
                       select from %s where (incarnation, transaction_id, position) > (
                              select incarnation, transaction_id, position from outbox_cursor))
                """.formatted(partition)).query(Boolean.class).single();
    }
}
