package org.openingminute.registration.admission;

import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.transaction.TransactionException;

/** Why a batch did not commit, or is not known to have. */
enum Failure {
    /** Another batch holds the lock for longer than is waited for. */
    LOCK_NOT_FREE,
    /** The server ended the transaction: it was too slow, or this process was paused. */
    OUT_OF_TIME,
    /** The server's clock has gone where no partition was made for yet. */
    NO_PARTITION,
    /** The server does not answer, or did not say whether it committed. */
    DATABASE_AWAY,
    /** One of the requests cannot be carried out. */
    REQUEST;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String TRANSACTION_TIMEOUT = "25P04";
    private static final String CHECK_VIOLATION = "23514";

    static Failure of(RuntimeException e) {
        @Nullable SQLException sql = sqlOf(e);
        String state = sql == null || sql.getSQLState() == null ? "" : sql.getSQLState();
        if (state.equals(LOCK_NOT_AVAILABLE)) {
            return LOCK_NOT_FREE;
        }
        if (state.equals(TRANSACTION_TIMEOUT)) {
            return OUT_OF_TIME;
        }
        if (sql != null
                && state.equals(CHECK_VIOLATION)
                && String.valueOf(sql.getMessage()).contains("idempotency")) {
            return NO_PARTITION;
        }
        boolean byRequest = e instanceof DataIntegrityViolationException || e instanceof BadSqlGrammarException;
        return !byRequest && (e instanceof DataAccessException || e instanceof TransactionException)
                ? DATABASE_AWAY
                : REQUEST;
    }

    private static @Nullable SQLException sqlOf(Throwable e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    /** As a label of a figure. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
