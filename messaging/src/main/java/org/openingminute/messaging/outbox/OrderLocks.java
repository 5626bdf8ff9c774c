package org.openingminute.messaging.outbox;

import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Takes the lock under which messages of a key are appended. Each key has one lock. All its writers take it before
 * their transaction has an id and hold it until the commit, so that the order of transaction ids within a key is the
 * order of the commits, which the relay follows. One lock may cover many keys; the service must always use the same
 * lock for a key.
 */
public final class OrderLocks {

    private final JdbcClient jdbc;
    private final DataSource dataSource;

    OrderLocks(JdbcClient jdbc, DataSource dataSource) {
        this.jdbc = jdbc;
        this.dataSource = dataSource;
    }

    /**
     * Runs a locking statement of the service's own, such as {@code select ... for update}.
     *
     * @param sql a query with positional parameters; the first statement of this transaction that makes others wait
     * @throws IllegalStateException outside a transaction, in one that has written already, or if there is no row to lock
     * @throws TransientDataAccessResourceException if the database was restored or promoted and the new incarnation is not noted
     *     yet, which resolves within a minute
     */
    public OrderLock take(String sql, Object... parameters) {
        Object transaction = currentTransaction(dataSource);
        int incarnation =
                begin(jdbc.sql("select pg_current_xact_id_if_assigned() is null as nothing_written, %s as incarnation"
                        .formatted(DatabaseIncarnations.CURRENT)));
        lock(sql, parameters);
        return new OrderLock(transaction, incarnation);
    }

    /**
     * Like {@link #take}, in a transaction that the server ends when it takes too long, so that a paused holder of the
     * lock holds up nobody for longer.
     *
     * @param wait the longest wait for the lock, at least a millisecond
     * @param transaction the longest time for the whole transaction, including the wait
     */
    public OrderLock takeWithin(Duration wait, Duration transaction, String sql, Object... parameters) {
        Object current = currentTransaction(dataSource);
        // The connection's own limit is already running, and a running limit cannot be changed, so it is stopped first.
        int incarnation = begin(jdbc.sql("""
                select set_config('lock_timeout', ?, true), set_config('transaction_timeout', '0', true),
                       set_config('transaction_timeout', ?, true), pg_current_xact_id_if_assigned() is null as nothing_written,
                       %s as incarnation
                """.formatted(DatabaseIncarnations.CURRENT))
                .param(wait.toMillis() + "ms")
                .param(transaction.toMillis() + "ms"));
        lock(sql, parameters);
        return new OrderLock(current, incarnation);
    }

    /**
     * Takes the lock that belongs to a key and needs no row: PostgreSQL's advisory lock on the key's 64-bit hash, until the
     * end of the transaction. Two keys with the same hash wait for each other, which is harmless otherwise.
     *
     * @throws IllegalStateException outside a transaction, or in one that has written already
     */
    public OrderLock takeFor(Object key) {
        return take("select pg_advisory_xact_lock(hashtextextended(?, 0))", key.toString());
    }

    private void lock(String sql, Object... parameters) {
        if (jdbc.sql(sql).params(parameters).query().listOfRows().isEmpty()) {
            throw new IllegalStateException("there is no row to lock");
        }
    }

    /** The incarnation before the lock: what is read under it may be from then. */
    private static int begin(JdbcClient.StatementSpec first) {
        return first.query((row, _) -> {
                    if (!row.getBoolean("nothing_written")) {
                        throw new IllegalStateException("take the lock before the transaction's first write");
                    }
                    int incarnation = row.getInt("incarnation");
                    if (row.wasNull()) {
                        throw new TransientDataAccessResourceException(
                                "the database's new incarnation is not noted yet");
                    }
                    return incarnation;
                })
                .single();
    }

    static Object currentTransaction(DataSource dataSource) {
        @Nullable Object holder = TransactionSynchronizationManager.getResource(dataSource);
        if (!TransactionSynchronizationManager.isActualTransactionActive()
                || !(holder instanceof ConnectionHolder connectionHolder)) {
            throw new IllegalStateException("locks are taken and messages appended inside a transaction");
        }
        return connectionHolder;
    }
}
