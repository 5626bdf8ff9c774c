package org.openingminute.notification.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that badges of a conference are found by index, on a real database with many rows. */
class DocumentRepositoryIT {

    private HikariDataSource database;
    private JdbcClient jdbc;

    @BeforeEach
    void newDatabase() {
        database = new HikariDataSource();
        database.setJdbcUrl(TestInfrastructure.newDatabase("documents"));
        database.setUsername("postgres");
        database.setPassword("postgres");
        jdbc = JdbcClient.create(database);
    }

    @AfterEach
    void disconnect() {
        database.close();
    }

    @Test
    void badges_of_a_small_conference_are_found_without_those_of_a_large_one() {
        jdbc.sql("""
                insert into projection (id, state)
                select gen_random_uuid(),
                       json_build_object('conference', case when n % 1000 = 0 then 'small' else 'large' end,
                                         'status', case when n % 3 = 0 then 'confirmed' else 'cancelled' end)::text
                  from generate_series(1, 20000) as n
                """).update();
        jdbc.sql("analyze projection").update();

        assertThat(plan("small", null)).contains("projection_confirmed").doesNotContain("projection_pkey", "Seq Scan");
        assertThat(plan("small", "\"student\""))
                .contains("projection_confirmed")
                .doesNotContain("projection_pkey", "Seq Scan");
    }

    private String plan(String conference, @Nullable String category) {
        return String.join(
                "\n",
                jdbc.sql("explain " + DocumentRepository.CONFIRMED)
                        .param("conference", conference)
                        .param("category", category, Types.VARCHAR)
                        .param("from", new UUID(0, 0))
                        .param("most", 501)
                        .query(String.class)
                        .list());
    }
}
