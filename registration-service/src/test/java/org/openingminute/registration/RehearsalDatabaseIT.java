package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A deployment is never judged by a clock that somebody has moved. */
class RehearsalDatabaseIT {

    @Test
    void a_deployment_does_not_start_on_a_database_that_was_used_for_a_rehearsal() {
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

    private static ConfigurableApplicationContext start(String mode, String database) {
        return new SpringApplicationBuilder(RegistrationServiceApplication.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--APP_MODE=" + mode,
                        "--DATABASE_URL=" + database,
                        "--DATABASE_USER=postgres",
                        "--DATABASE_PASSWORD=postgres",
                        "--KAFKA_BOOTSTRAP_SERVERS=" + TestInfrastructure.kafkaBootstrapServers(),
                        "--PUBLIC_URL=https://registration.example.org",
                        "--STAFF_JWKS_URI=http://127.0.0.1:1/jwks",
                        "--ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE");
    }
}
