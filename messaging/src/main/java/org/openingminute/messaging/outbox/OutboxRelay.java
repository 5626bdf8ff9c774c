package org.openingminute.messaging.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.OwnConnections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Sends the outbox's messages to Kafka in the order of the commits, and moves the cursor after the brokers' acknowledgement. Only one
 * instance of a service relays at a time; when it dies, another takes over as soon as its lease ends. After a failed send the producer is
 * closed and the relay resumes from the cursor: records may then be sent twice, but never out of order.
 */
final class OutboxRelay implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
    // Each attempt sends again the records that precede the refused one in its row. The pause gives an instance that
    // can read the row time to take over.
    private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofSeconds(5);
    private static final Duration REMINDER = Duration.ofMinutes(1);
    private static final Duration LAST_PASS = Duration.ofSeconds(2);

    private final OwnConnections connections;
    private final Ids ids;
    private final CommitSignal signal;
    private final RelayMetrics metrics;
    private final MessageBroker broker;
    private String unreadable = "";
    private long unreadableLoggedAt;
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
            Duration pause = PAUSE_AFTER_FAILURE;
            try {
                broker.makeTopics(() -> running);
                relay();
            } catch (RelayRun.LeaseLost e) {
                log.info("Another instance relays the outbox from now on: {}", e.getMessage());
            } catch (RelayRun.RecordRefused e) {
                log.warn(
                        "The outbox is not relayed any further, because of a record that is refused: {}",
                        e.getMessage());
                pause = PAUSE_AFTER_REFUSAL;
            } catch (Frames.UnreadableRow e) {
                logUnreadable(String.valueOf(e.getMessage()));
                pause = PAUSE_AFTER_REFUSAL;
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                // Catches errors too, such as OutOfMemoryError, because nothing else restarts the relay.
                log.warn("The outbox relay failed and resumes from its cursor: {}", RedactedException.types(e));
            }
            pause(pause);
        }
    }

    private void logUnreadable(String reason) {
        long now = System.nanoTime();
        if (!unreadable.equals(reason) || now - unreadableLoggedAt > REMINDER.toNanos()) {
            log.error("The outbox is not relayed any further, because of a row that cannot be read: {}", reason);
            unreadable = reason;
            unreadableLoggedAt = now;
        }
    }

    private void relay() throws SQLException, InterruptedException {
        try (Connection connection = connections.open(RelayCursor.SETTINGS);
                RelayRun run = new RelayRun(
                        RelayCursor.on(connection, ids.next()),
                        signal,
                        metrics,
                        broker.openProducer(),
                        RelayRun.STALLED)) {
            Pace pace = new Pace(System.nanoTime());
            while (running) {
                boolean behind = run.renewIfDue();
                long now = System.nanoTime();
                if (behind || pace.untilDue(now).isZero()) {
                    pace.read(now, run.sendPage());
                } else if (pace.isSignalled()) {
                    Thread.sleep(pace.untilDue(now));
                } else if (signal.await(shorter(pace.untilDue(now), run.untilDue()))) {
                    pace.signal();
                } else {
                    run.settle(true);
                }
            }
            run.finish(LAST_PASS);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /**
     * Decides when the next page is read. After a quiet period a commit is relayed at once; the commits of the following milliseconds share
     * a page and a request to the brokers. A commit that an older open transaction holds back is not signalled again, so the relay polls
     * for it: soon at first, then less often. Times are those of {@link System#nanoTime}.
     */
    static final class Pace {

        private static final Duration BETWEEN_PAGES = Duration.ofMillis(10);
        private static final Duration QUIET = Duration.ofMillis(20);
        private static final Duration SOON = Duration.ofMillis(2);
        private static final Duration LONGEST = Duration.ofMillis(100);
        private static final Duration NEVER = Duration.ofDays(1);

        private long beganAt;
        private long signalledPageAt;
        private boolean signalled;
        private Duration pause = Duration.ZERO;
        private Duration untilPoll = SOON;

        Pace(long now) {
            beganAt = now;
            signalledPageAt = now - QUIET.toNanos();
        }

        /** Called when a commit was signalled. */
        void signal() {
            signalled = true;
            pause = shorter(pause, BETWEEN_PAGES);
        }

        /** Whether the next page already serves a signal, so that further signals change nothing. */
        boolean isSignalled() {
            return signalled;
        }

        /** The time until the next page; zero if it is due. */
        Duration untilDue(long now) {
            Duration left = pause.minusNanos(now - beganAt);
            return left.isNegative() ? Duration.ZERO : left;
        }

        /** Called when a page was read. */
        void read(long began, RelayCursor.OutboxPage page) {
            beganAt = began;
            if (page.isFull()) {
                pause = Duration.ZERO;
            } else {
                untilPoll = untilPoll(began, page.rows().isEmpty());
                pause = page.heldBack() ? untilPoll : NEVER;
                if (signalled) {
                    signalledPageAt = began;
                }
                signalled = false;
            }
        }

        private Duration untilPoll(long began, boolean nothingNew) {
            if (signalled) {
                return began - signalledPageAt > QUIET.toNanos() ? SOON : BETWEEN_PAGES;
            }
            return nothingNew ? shorter(untilPoll.multipliedBy(2), LONGEST) : BETWEEN_PAGES;
        }
    }

    /** Pauses; returns early when the relay is stopped. */
    private void pause(Duration time) {
        long began = System.nanoTime();
        try {
            while (running && System.nanoTime() - began < time.toNanos()) {
                Thread.sleep(PAUSE_AFTER_FAILURE);
            }
        } catch (InterruptedException e) {
            running = false;
        }
    }
}
