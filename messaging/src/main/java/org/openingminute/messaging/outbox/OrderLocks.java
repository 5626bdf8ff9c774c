package org.openingminute.messaging.outbox;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.ArgumentPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Takes the lock under which the messages of a key are appended. Each key has one lock. All its writers take the lock before their
 * transaction has an id and hold it until the commit, so that within a key the order of transaction ids, which the relay follows, is the
 * order of the commits. One lock may cover many keys; a service must always use the same lock for a key.
 */
public final class OrderLocks {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    /** Longer than the 200 ms for which a paused instance may hold a series of document numbers. */
    private static final Duration LONGEST_WAIT_FOR_ROWS = Duration.ofMillis(300);

    private static final Duration LONGEST_TRANSACTION = Duration.ofSeconds(2);

    private final JdbcTemplate jdbc;
    private final DataSource dataSource;

    OrderLocks(DataSource dataSource) {
        this.jdbc = new JdbcTemplate(dataSource);
        this.dataSource = dataSource;
    }

    /**
     * Runs a locking statement of the service's own, such as {@code select ... for update}.
     *
     * @param sql a query with positional parameters. It must be the first statement of this transaction for which others may have to
     *     wait
     * @throws IllegalStateException outside of a transaction, in one that has written already, or if there is no row to lock
     * @throws TransientDataAccessResourceException if the database was restored or promoted and the new incarnation is not recorded
     *     yet; this resolves within a minute
     */
    public OrderLock take(String sql, Object... parameters) {
        return take("select true", List.of(), sql, parameters);
    }

    /**
     * Like {@link #take}, in a transaction that the server ends when it takes too long, so that a paused holder of the lock blocks others
     * no longer than that.
     *
     * @param wait the longest wait for the lock, at least a millisecond
     * @param transaction the longest duration of the whole transaction, including the wait
     */
    public OrderLock takeWithin(Duration wait, Duration transaction, String sql, Object... parameters) {
        // The connection's own limit is already running, and a running limit cannot be changed, so it is stopped first.
        return take("""
                select set_config('lock_timeout', ?, true) is not null
                       and set_config('transaction_timeout', '0', true) is not null
                       and set_config('transaction_timeout', ?, true) is not null
                """, List.of(wait.toMillis() + "ms", transaction.toMillis() + "ms"), sql, parameters);
    }

    /**
     * Takes the lock that belongs to a key and needs no row: PostgreSQL's advisory lock on the key's 64-bit hash, until the end of the
     * transaction. Two keys with the same hash wait for each other; that has no other effect.
     *
     * @throws IllegalStateException outside a transaction, or in one that has written already
     */
    public OrderLock takeFor(Object key) {
        return take("select pg_advisory_xact_lock(hashtextextended(?, 0))", key.toString());
    }

    /**
     * The outcome of an attempt to lock many keys.
     *
     * @param lock valid for the acquired keys
     * @param got the keys that this transaction now holds; other transactions hold the rest, for an unknown time
     */
    public record TriedLocks(OrderLock lock, Set<String> got) {}

    /**
     * Tries the locks of {@link #takeFor} for many keys in one statement, without waiting. Row locks cannot serve here: the first gives the
     * transaction its id before it waits for the second, and ids would no longer follow the order of the commits. For each row that another
     * session has locked without these locks, the transaction waits 300 ms at most. The server ends the transaction after two seconds.
     *
     * @throws IllegalStateException outside a transaction, or in one that has written already
     */
    public TriedLocks tryAll(Set<String> keys) {
        return lockAll(keys, "pg_try_advisory_xact_lock(hash)", LONGEST_WAIT_FOR_ROWS);
    }

    /**
     * Takes the locks of all keys, waiting for each a second at most, in an order that is the same everywhere. The server ends the
     * transaction after two seconds.
     *
     * @throws org.springframework.dao.DataAccessException with SQL state 55P03 if another transaction holds a lock for longer
     * @throws IllegalStateException outside a transaction, or in one that has written already
     */
    public OrderLock waitFor(Set<String> keys) {
        return lockAll(keys, "pg_advisory_xact_lock(hash)::text is not null", LONGEST_WAIT)
                .lock();
    }

    private TriedLocks lockAll(Set<String> keys, String function, Duration wait) {
        Object transaction = currentTransaction(dataSource);
        Set<String> got = new HashSet<>();
        AtomicReference<@Nullable OrderLock> lock = new AtomicReference<>();
        String sql = """
                with began as materialized (
                     select set_config('lock_timeout', ?, true), set_config('transaction_timeout', '0', true),
                            set_config('transaction_timeout', ?, true), pg_current_xact_id_if_assigned() is null as nothing_written,
                            %s as incarnation)
                select nothing_written, incarnation, message_key, %s as got
                  from (select nothing_written, incarnation, message_key, hashtextextended(message_key, 0) as hash
                          from began, unnest(?::text[]) as message_key
                         order by hash offset 0) as keys
                """.formatted(DatabaseIncarnations.CURRENT, function);
        jdbc.query(
                sql,
                (RowCallbackHandler) row -> {
                    if (lock.get() == null) {
                        lock.set(new OrderLock(transaction, incarnation(row)));
                    }
                    if (row.getBoolean("got")) {
                        got.add(row.getString("message_key"));
                    }
                },
                wait.toMillis() + "ms",
                LONGEST_TRANSACTION.toMillis() + "ms",
                keys.toArray(String[]::new));
        return new TriedLocks(requireNonNull(lock.get(), "no key to lock"), got);
    }

    /**
     * Begins the transaction, limits it and takes the locks, in one round trip: the driver sends statements together if the widths of their
     * rows are known. The incarnation is read before the lock is taken, because what is read under the lock may date from then.
     */
    private OrderLock take(String limit, List<Object> limits, String lock, Object... parameters) {
        Object transaction = currentTransaction(dataSource);
        String sql =
                "%s as limited, pg_current_xact_id_if_assigned() is null as nothing_written, %s as incarnation;%n%s"
                        .formatted(limit.strip(), DatabaseIncarnations.CURRENT, lock);
        Object[] all = Stream.concat(limits.stream(), Stream.of(parameters)).toArray();
        int incarnation = requireNonNull(jdbc.execute(sql, (PreparedStatementCallback<Integer>) statement -> {
            new ArgumentPreparedStatementSetter(all).setValues(statement);
            statement.execute();
            ResultSet first = statement.getResultSet();
            first.next();
            int present = incarnation(first);
            if (!statement.getMoreResults() || !statement.getResultSet().next()) {
                throw new IllegalStateException("there is no row to lock");
            }
            return present;
        }));
        return new OrderLock(transaction, incarnation);
    }

    private static int incarnation(ResultSet row) throws SQLException {
        if (!row.getBoolean("nothing_written")) {
            throw new IllegalStateException("take the lock before the transaction's first write");
        }
        int incarnation = row.getInt("incarnation");
        if (row.wasNull()) {
            throw new TransientDataAccessResourceException("the database's new incarnation is not noted yet");
        }
        return incarnation;
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
