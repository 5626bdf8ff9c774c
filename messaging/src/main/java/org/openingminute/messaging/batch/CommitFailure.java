package org.openingminute.messaging.batch;

import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;

/** Why a batch did not commit, which decides what becomes of it. */
enum CommitFailure {
    /** Another transaction kept a lock for too long. */
    LOCK_NOT_FREE,
    /** The server ended the transaction, since it took too long. */
    OUT_OF_TIME,
    /** The server does not answer, or the reply to the commit was lost. */
    DATABASE_AWAY,
    /** An entry cannot be carried out. */
    CONTENT;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String TRANSACTION_TIMEOUT = "25P04";
    private static final String DATA_EXCEPTION = "22";

    static CommitFailure of(RuntimeException e) {
        String state = sqlStateOf(e);
        if (state.equals(LOCK_NOT_AVAILABLE)) {
            return LOCK_NOT_FREE;
        }
        if (state.equals(TRANSACTION_TIMEOUT)) {
            return OUT_OF_TIME;
        }
        boolean byContent = e instanceof DataIntegrityViolationException
                || e instanceof InvalidDataAccessResourceUsageException
                || state.startsWith(DATA_EXCEPTION);
        return !byContent && (e instanceof DataAccessException || e instanceof TransactionException)
                ? DATABASE_AWAY
                : CONTENT;
    }

    private static String sqlStateOf(Throwable e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }

    /** The value of the metric's label. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
