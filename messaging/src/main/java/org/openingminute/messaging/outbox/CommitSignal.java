package org.openingminute.messaging.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.OwnConnections;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the relays after a commit: the relay of this process directly, and those of other instances, if there are any, by a single
 * {@code notify} for all commits of a few milliseconds, sent afterwards on a separate connection. A lost signal only delays messages.
 * Thread-safe.
 */
final class CommitSignal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CommitSignal.class);
    private static final Duration TOGETHER = Duration.ofMillis(3);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final int LISTEN_MS = 1_000;

    private final OwnConnections connections;
    private final Runnable onSignal;
    private final Semaphore here = new Semaphore(0);
    private final Semaphore elsewhere = new Semaphore(0);
    private volatile boolean neighbours;
    private boolean started;
    private volatile boolean closed;

    /** @param onSignal runs after a commit of another instance; must return at once */
    CommitSignal(OwnConnections connections, Runnable onSignal) {
        this.connections = connections;
        this.onSignal = onSignal;
    }

    /** Signals a commit of this process. */
    void send() {
        send(here);
        if (neighbours) {
            send(elsewhere);
        }
    }

    /** Waits for a signal, which may have arrived earlier. Returns whether there was one. */
    boolean await(Duration atMost) throws InterruptedException {
        boolean rung = here.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
        here.drainPermits();
        return rung;
    }

    /** Sets whether there are other instances, to notify and to listen to. */
    synchronized void neighbours(boolean there) {
        neighbours = there;
        if (there && !started) {
            started = true;
            Thread.ofVirtual().name("outbox-notify").start(() -> withConnection(this::notifyOthers));
            Thread.ofVirtual().name("outbox-listen").start(() -> withConnection(this::listen));
        }
    }

    @Override
    public void close() {
        closed = true;
        send(elsewhere);
    }

    private static void send(Semaphore signal) {
        if (signal.availablePermits() == 0) {
            signal.release();
        }
    }

    private void notifyOthers(Connection connection) throws SQLException, InterruptedException {
        try (Statement statement = connection.createStatement()) {
            while (!closed) {
                elsewhere.acquire();
                elsewhere.drainPermits();
                if (neighbours) {
                    statement.execute("notify outbox");
                }
                Thread.sleep(TOGETHER);
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen outbox");
            while (!closed) {
                if (postgres.getNotifications(LISTEN_MS).length > 0) {
                    send(here);
                    onSignal.run();
                } else if (neighbours) {
                    // Silence may also mean a dead connection, on which this statement would fail.
                    statement.execute("select 1");
                }
            }
        }
    }

    private interface ConnectionWork {
        void with(Connection connection) throws SQLException, InterruptedException;
    }

    private void withConnection(ConnectionWork work) {
        while (!closed) {
            try (Connection connection = connections.open()) {
                work.with(connection);
            } catch (SQLException | RuntimeException e) {
                log.debug(
                        "Commits cannot be signalled to or from other instances, which poll instead ({})",
                        RedactedException.types(e));
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
