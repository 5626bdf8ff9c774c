package org.openingminute.messaging.outbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** Connections that are not the pool's: with settings of their own, and there when those of the pool are all in use. */
final class OwnConnections {

    private static final int SOCKET_SECONDS = 30;

    /**
     * No commit here waits for the disk: a crash of the server loses the last moves of a cursor, which costs copies. It
     * loses no move alone, since a later commit that is kept keeps the earlier ones too.
     */
    private static final String SETTINGS = "set transaction_timeout = '10s'; set synchronous_commit = off";

    private final JdbcConnectionDetails database;

    OwnConnections(JdbcConnectionDetails database) {
        this.database = database;
    }

    /** @param more further statements that set the connection up for its use */
    Connection open(String... more) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, database.getUsername());
        PGProperty.PASSWORD.set(properties, database.getPassword());
        PGProperty.SOCKET_TIMEOUT.set(properties, SOCKET_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        Connection connection = DriverManager.getConnection(database.getJdbcUrl(), properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS);
            for (String setting : more) {
                statement.execute(setting);
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
