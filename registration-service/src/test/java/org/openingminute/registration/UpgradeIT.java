package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves that versions of this service can follow each other over one database, on a real database. */
class UpgradeIT {

    /** Messaging's migrations have lower numbers than the service's, even those that were added later. */
    @Test
    void service_migrates_an_earlier_database_and_starts_on_a_later_one(@TempDir Path folder) throws IOException {
        String database = EarlierDatabase.without(folder, "V0002", "V1070");

        try (ConfigurableApplicationContext service = start(database)) {
            assertThat(EarlierDatabase.isNoted(service)).isTrue();
            EarlierDatabase.noteLater(service);
        }
        start(database).close();
    }

    /** An older version is stopped for this upgrade; if it is not, it must not write registrations. */
    @Test
    void upgrade_keeps_rows_and_an_older_version_adds_none(@TempDir Path folder) throws IOException {
        String database = EarlierDatabase.without(folder, "V1120");
        JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
        jdbc.sql("""
                insert into conference (slug, revision, definition)
                values ('any', 1, '{"registration": {}}'), ('one', 1, '{"registration": {"onePerAddress": true}}')
                """).update();
        String insert = """
                insert into registration (id, conference, reference, status, revision, hold_expires_at, captured, created_at,
                                          changed_at, document)
                select gen_random_uuid(), slug, 'AB26-000000', 'confirmed', 3, null, 10000, '2026-02-02T17:00:00Z',
                       '2026-02-02T17:01:00Z', '{"reference": "AB26-000000"}'
                  from conference
                """;
        jdbc.sql(insert).update();
        jdbc.sql("""
                insert into attendee (registration_id, id, conference, email)
                select id, gen_random_uuid(), conference, 'ada@example.org' from registration
                """).update();
        String rows = """
                select id, conference, status, revision, captured, refunded, created_at, changed_at, document::text from registration
                """;
        List<Map<String, Object>> before = jdbc.sql(rows).query().listOfRows();

        start(database).close();

        assertThat(jdbc.sql(rows).query().listOfRows()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(jdbc.sql("select conference from attendee")
                        .query(String.class)
                        .list())
                .containsExactly("one");
        assertThatThrownBy(() -> jdbc.sql(insert).update()).isInstanceOf(BadSqlGrammarException.class);
    }

    @Test
    void what_was_sold_before_is_counted(@TempDir Path folder) throws IOException {
        String database = EarlierDatabase.without(folder, "V1130");
        JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
        jdbc.sql("""
                insert into registration (id, conference, number, created_at, captured, refunded, revision, changed_at, status,
                                          document)
                select gen_random_uuid(), 'any', n, timestamptz '2026-02-02T17:00:00Z' + n * interval '5 minutes', 100, n, 3, now(),
                       case when n = 1 then 'expired' else 'confirmed' end, '{"money": {"answered": "refund"}}'
                  from generate_series(1, 4) as n
                """).update();

        start(database).close();

        assertThat(jdbc.sql("""
                        select concat_ws(' ', to_char(made_from at time zone 'UTC', 'HH24:MI'), registrations, confirmed, captured,
                                         refunded)
                          from sale_count order by made_from
                        """).query(String.class).list()).containsExactly("17:00 2 1 200 3", "17:15 2 2 200 7");
        assertThatThrownBy(() -> jdbc.sql("update inventory set clock_set_backs = clock_set_backs + 0")
                        .update())
                .as("a statement of each batch of the version before")
                .isInstanceOf(BadSqlGrammarException.class);
    }

    private static ConfigurableApplicationContext start(String database) {
        return Deployed.start(
                RegistrationServiceApplication.class,
                database,
                "--TICKET_KEYS=" + Deployed.keys(),
                "--WAITING_ROOM_KEYS=" + Deployed.keys());
    }
}
