package org.openingminute.messaging.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.OwnConnections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Sends the outbox's messages to Kafka in the order of the commits, and moves cursors after the brokers' acknowledgement. The
 * instances of a service share the buckets of keys; when one dies, the others take over its buckets as soon as its leases end.
 * A failed send ends the producer, and the relay resumes from the cursors: records may then be sent twice, but never out of
 * order.
 */
final class OutboxRelay implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(1);
    private static final Duration POLL_PAUSE = Duration.ofMillis(3);
    private static final Duration CALM = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_PASS = Duration.ofSeconds(2);

    private final OwnConnections connections;
    private final Ids ids;
    private final CommitSignal signal;
    private final RelayMetrics metrics;
    private final MessageBroker broker;
    private volatile boolean running;
    private @Nullable Thread thread;

    OutboxRelay(OwnConnections connections, Ids ids, CommitSignal signal, RelayMetrics metrics, MessageBroker broker) {
        this.connections = connections;
        this.ids = ids;
        this.signal = signal;
        this.metrics = metrics;
        this.broker = broker;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("outbox-relay").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        signal.send();
        Thread stopping = thread;
        if (stopping != null) {
            try {
                if (!stopping.join(LAST_PASS.plusSeconds(3))) {
                    stopping.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops after the readers' containers and the web server, so that messages from their last work are still sent. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 4096;
    }

    private void run() {
        while (running) {
            try {
                broker.makeTopics(() -> running);
                relay();
            } catch (RelayRun.LeaseLost e) {
                log.info("Another instance took over this relay's buckets: {}", e.getMessage());
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                // Catches errors too, such as OutOfMemoryError, because nothing else restarts the relay.
                log.warn("The outbox relay failed and resumes from its cursors: {}", e.toString());
            }
            pauseAfterFailure();
        }
    }

    private void relay() throws SQLException, InterruptedException {
        try (Connection connection = connections.open(RelayCursors.SETTINGS);
                RelayRun run = new RelayRun(RelayCursors.on(connection, ids.next()), signal, metrics, broker)) {
            Duration pause = SHORTEST_PAUSE;
            while (running) {
                long polledAt = System.nanoTime();
                if (run.sendPage()) {
                    pause = SHORTEST_PAUSE;
                    continue;
                }
                // Commits of a few milliseconds share a poll and a request to the brokers. The first of them does not
                // wait.
                Thread.sleep(POLL_PAUSE.minusNanos(System.nanoTime() - polledAt));
                // A commit is not signalled again after an older open transaction has ended: poll soon at first, then
                // less often.
                pause = signal.await(pause) ? SHORTEST_PAUSE : shorter(pause.multipliedBy(2), LONGEST_PAUSE);
                run.settle(pause.compareTo(CALM) > 0);
            }
            run.finish(LAST_PASS);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void pauseAfterFailure() {
        try {
            if (running) {
                Thread.sleep(PAUSE_AFTER_FAILURE);
            }
        } catch (InterruptedException e) {
            running = false;
        }
    }
}
