package org.openingminute.messaging.batch;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/** Why a batch did not commit. The reason determines how it is retried. */
enum CommitFailure {
    /** Another transaction held a lock for too long. */
    LOCK_NOT_FREE,
    /** The server ended the transaction because it ran, or was idle, for too long. */
    OUT_OF_TIME,
    /** The server does not answer, or the reply to the commit was lost. */
    DATABASE_AWAY,
    /** An entry cannot be carried out. */
    CONTENT;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String TRANSACTION_TIMEOUT = "25P04";
    private static final String IDLE_IN_TRANSACTION = "25P03";
    private static final String READ_ONLY = "25006";

    /** Classes of SQL states: connection failure, transaction rolled back, insufficient resources, operator intervention. */
    private static final Set<String> AWAY = Set.of("08", "40", "53", "57");

    static CommitFailure of(RuntimeException e) {
        String state = sqlStateOf(e);
        return switch (state) {
            case LOCK_NOT_AVAILABLE -> LOCK_NOT_FREE;
            case TRANSACTION_TIMEOUT, IDLE_IN_TRANSACTION -> OUT_OF_TIME;
            // The server is a standby, as during a failover.
            case READ_ONLY -> DATABASE_AWAY;
            default ->
                mayPass(e) || (state.length() == 5 && AWAY.contains(state.substring(0, 2))) ? DATABASE_AWAY : CONTENT;
        };
    }

    private static boolean mayPass(RuntimeException e) {
        return e instanceof TransientDataAccessException
                || e instanceof RecoverableDataAccessException
                || e instanceof DataAccessResourceFailureException
                || e instanceof TransactionException;
    }

    private static String sqlStateOf(Throwable e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }

    /** Whether the batch may have waited for a locked row of one of its entries. */
    boolean isWait() {
        return this == LOCK_NOT_FREE || this == OUT_OF_TIME;
    }

    /** The value of the metric's label. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
