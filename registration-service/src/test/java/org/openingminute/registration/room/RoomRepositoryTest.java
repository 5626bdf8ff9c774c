package org.openingminute.registration.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Admission;
import org.openingminute.registration.Settings;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** Proves what the repository of waiting rooms answers without a database connection. */
class RoomRepositoryTest {

    private static final String KEYS = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    @Test
    void admission_counts_as_unused_while_no_connection_is_free() {
        JdbcClient exhausted = JdbcClient.create(new AbstractDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                throw new SQLTransientConnectionException("Connection is not available");
            }

            @Override
            public Connection getConnection(String user, String password) throws SQLException {
                return getConnection();
            }
        });
        Settings settings = new Settings(
                Settings.Mode.DEPLOYED, "https://a.example", KEYS, KEYS, KEYS, "http://gateway/keys", "", "");

        assertThat(new RoomRepository(exhausted, exhausted, settings)
                        .isUsed(new Admission("a", 1, 2, Instant.EPOCH, false)))
                .isFalse();
    }
}
