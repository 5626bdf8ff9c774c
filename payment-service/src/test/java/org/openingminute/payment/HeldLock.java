package org.openingminute.payment;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.springframework.core.env.Environment;

/** Holds a lock as another instance would, on a connection without time-outs. Closing it releases the lock. */
record HeldLock(Connection connection) implements AutoCloseable {

    /** Locks a payment. */
    static HeldLock of(Environment service, UUID registration) {
        return hold(service, "select pg_advisory_xact_lock(hashtextextended(?, 0))", registration.toString());
    }

    /** Locks reconciliation, so that no check starts meanwhile. */
    static HeldLock ofReconciliation(Environment service) {
        return hold(service, "select from books_check for update");
    }

    private static HeldLock hold(Environment service, String statement, String... parameters) {
        try {
            Connection connection = DriverManager.getConnection(
                    service.getRequiredProperty("DATABASE_URL"),
                    service.getRequiredProperty("DATABASE_USER"),
                    service.getRequiredProperty("DATABASE_PASSWORD"));
            connection.setAutoCommit(false);
            try (PreparedStatement lock = connection.prepareStatement(statement)) {
                for (int i = 0; i < parameters.length; i++) {
                    lock.setString(i + 1, parameters[i]);
                }
                lock.execute();
            }
            return new HeldLock(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
