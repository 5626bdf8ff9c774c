package org.openingminute.payment;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.springframework.core.env.Environment;

/** The lock of a payment, as another instance holds it, on a connection without limits. */
record HeldLock(Connection connection) implements AutoCloseable {

    static HeldLock of(Environment service, UUID registration) {
        try {
            Connection connection = DriverManager.getConnection(
                    service.getRequiredProperty("DATABASE_URL"),
                    service.getRequiredProperty("DATABASE_USER"),
                    service.getRequiredProperty("DATABASE_PASSWORD"));
            connection.setAutoCommit(false);
            try (PreparedStatement lock =
                    connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 0))")) {
                lock.setString(1, registration.toString());
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
