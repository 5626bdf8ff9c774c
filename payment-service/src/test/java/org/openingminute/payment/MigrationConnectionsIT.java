package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Proves that the error of a failed migration quotes no row, because rows contain names. Uses the running service's migration connection to
 * a real database.
 */
@PaymentServiceTest
class MigrationConnectionsIT {

    @Autowired
    private Flyway flyway;

    @Test
    void failure_of_a_migration_quotes_no_row() throws Exception {
        try (Connection connection = flyway.getConfiguration().getDataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create temporary table person (name text unique)");

            assertThatThrownBy(() -> statement.execute("insert into person values ('Ada Lovelace'), ('Ada Lovelace')"))
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            failure -> assertThat(failure.getMessage())
                                    .contains("person_name_key")
                                    .doesNotContain("Ada"));
        }
    }
}
