package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.admission.BusinessClock;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Proves that a deployment refuses a rehearsal's database and a rehearsal a deployment's, because only a rehearsal's clock can be moved.
 * Uses a real database.
 */
class RehearsalDatabaseIT {

    @Test
    void a_deployment_refuses_a_rehearsal_database() {
        String database = TestInfrastructure.newDatabase("rehearsed");
        start("rehearsal", database).close();

        assertThatThrownBy(() -> start("deployed", database).close())
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this database was used for a rehearsal");
        start("rehearsal", database).close();
    }

    @Test
    void a_deployment_starts_again_on_a_database_of_its_own() {
        String database = TestInfrastructure.newDatabase("deployed");
        start("deployed", database).close();
        try (ConfigurableApplicationContext again = start("deployed", database)) {
            assertThat(again.isRunning()).isTrue();
        }
    }

    @Test
    void a_rehearsal_refuses_a_deployment_database() {
        String database = TestInfrastructure.newDatabase("real");
        try (ConfigurableApplicationContext service = start("deployed", database)) {
            service.getBean(JdbcClient.class)
                    .sql("insert into conference (slug, revision, definition) values ('real', 1, '{}')")
                    .update();
        }

        assertThatThrownBy(() -> start("rehearsal", database).close())
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this database is a deployment's");
    }

    /** Other tests wait longer, because the database of a busy machine may stand still. */
    @Test
    void a_deployment_waits_for_a_connection_far_less_than_the_gateway() throws SQLException {
        try (ConfigurableApplicationContext service = start("deployed", TestInfrastructure.newDatabase("pooled"))) {
            HikariDataSource pool = service.getBean(DataSource.class).unwrap(HikariDataSource.class);

            assertThat(pool.getConnectionTimeout()).isEqualTo(2_000);
            assertThat(pool.getValidationTimeout()).isLessThan(pool.getConnectionTimeout());
        }
    }

    @Test
    void the_start_of_a_rehearsal_is_in_force_at_once() {
        String database = TestInfrastructure.newDatabase("started");
        try (ConfigurableApplicationContext service = start("rehearsal", database)) {
            BusinessClock clock = service.getBean(BusinessClock.class);
            JdbcClient jdbc = service.getBean(JdbcClient.class);
            jdbc.sql("delete from conference").update();
            jdbc.sql("delete from rehearsal_clock").update();
            await().atMost(Duration.ofMinutes(1)).until(() -> clock.offset().isZero());

            clock.startAt(Instant.parse("2026-02-02T09:00:00Z"));

            assertThat(clock.offset()).isNotEqualTo(Duration.ZERO);
        }
    }

    private static ConfigurableApplicationContext start(String mode, String database) {
        return Deployed.start(
                RegistrationServiceApplication.class,
                database,
                "--APP_MODE=" + mode,
                "--TICKET_KEYS=" + Deployed.keys(),
                "--WAITING_ROOM_KEYS=" + Deployed.keys());
    }
}
