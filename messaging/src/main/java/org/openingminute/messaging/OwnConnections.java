package org.openingminute.messaging;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * Opens connections outside of the pool: they have settings of their own, and are available when the pool is exhausted. For the library's
 * own packages.
 */
public final class OwnConnections {

    private static final int SOCKET_SECONDS = 30;

    /**
     * Commits on these connections do not wait for the disk. A crash of the server may lose the last moves of a cursor, which only causes
     * duplicates; it never loses one move and keeps a later one.
     */
    private static final String SETTINGS = "set transaction_timeout = '10s'; set synchronous_commit = off";

    private final JdbcConnectionDetails database;

    /** @param database the database's address and account */
    public OwnConnections(JdbcConnectionDetails database) {
        this.database = database;
    }

    /**
     * The properties of every connection. The server's error details quote rows, and rows contain personal data, so details are kept out of
     * logs.
     */
    static Properties properties() {
        Properties properties = new Properties();
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        return properties;
    }

    /**
     * Opens a connection.
     *
     * @param more further statements that configure the connection
     */
    public Connection open(String... more) throws SQLException {
        Properties properties = properties();
        PGProperty.USER.set(properties, database.getUsername());
        PGProperty.PASSWORD.set(properties, database.getPassword());
        PGProperty.SOCKET_TIMEOUT.set(properties, SOCKET_SECONDS);
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
