package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.openingminute.notification.smtp.ScriptedMailServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves that versions of this service can follow each other over one database, on a real database. */
@Isolated("it takes the messages of every test")
class UpgradeIT {

    private static final Duration SOON = Duration.ofMinutes(1);

    /** Messaging's migrations have lower numbers than the service's, even those that were added later. */
    @Test
    void service_migrates_an_earlier_database_and_starts_on_a_later_one(@TempDir Path folder) throws IOException {
        String database = EarlierDatabase.without(folder, "V0002", "V1080");

        try (ConfigurableApplicationContext service = start(database, "notification-service", 1)) {
            assertThat(EarlierDatabase.isNoted(service)).isTrue();
            EarlierDatabase.noteLater(service);
        }
        start(database, "notification-service", 1).close();
    }

    @Test
    void mails_that_waited_in_the_version_before_are_sent_once(@TempDir Path folder) throws Exception {
        String database = EarlierDatabase.without(folder, "V1110");
        JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));
        NEIGHBOURS.publish(Story.conference(1));
        Story due = new Story();
        Story later = new Story();
        Story paid = new Story();
        Story mailed = new Story();
        received(jdbc, due, due.confirmed(), "confirmation", "waiting", Instant.now());
        received(jdbc, later, later.held(), "pay-now", "waiting", Instant.now().plusSeconds(3));
        received(jdbc, paid, paid.held(), "pay-now", "waiting", Instant.now().plusSeconds(600));
        received(jdbc, mailed, mailed.confirmed(), "confirmation", "sent", Instant.now());

        try (ScriptedMailServer remote = new ScriptedMailServer();
                ConfigurableApplicationContext _ = start(database, "upgrade", remote.port())) {
            NEIGHBOURS.publish(mailed.registration("registration.changed.v1", "confirmed", null));
            NEIGHBOURS.publish(paid.confirmed());
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(states(jdbc, due, later, paid, mailed))
                            .containsExactlyInAnyOrder(
                                    "confirmation sent",
                                    "pay-now sent",
                                    "pay-now superseded",
                                    "confirmation sent",
                                    "confirmation sent"));
            assertThat(List.of(due, later, paid))
                    .allSatisfy(story -> assertThat(remote.taken())
                            .filteredOn(mail -> mail.contains("To: " + story.email))
                            .hasSize(1));
            assertThat(remote.taken()).noneMatch(mail -> mail.contains("To: " + mailed.email));
        }
    }

    @Test
    void instance_of_the_version_before_writes_nothing(@TempDir Path folder) throws IOException {
        String database = EarlierDatabase.without(folder);
        JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(database, "postgres", "postgres"));

        assertThatThrownBy(() -> jdbc.sql("""
                        insert into registration (id, state, hold_ends_at) values (?, '{}', null)
                        on conflict (id) do update set state = excluded.state, hold_ends_at = excluded.hold_ends_at
                        """).param(UUID.randomUUID()).update())
                .as("an error that the earlier version's readers retry")
                .isInstanceOf(DataAccessResourceFailureException.class);
        assertThatThrownBy(() -> jdbc.sql("update registration set mail_sequence = mail_sequence + 1")
                        .update())
                .isInstanceOf(DataAccessResourceFailureException.class);
        assertThatThrownBy(() -> jdbc.sql("select id, owed_from from mail where state = 'waiting' for update")
                        .query()
                        .listOfRows())
                .isInstanceOf(BadSqlGrammarException.class);
    }

    /** Stores a registration and a mail as the earlier version did. */
    private static void received(
            JdbcClient jdbc, Story story, Story.Event event, String kind, String state, Instant from) {
        jdbc.sql("insert into registration (id, state, hold_ends_at) values (?, ?, now() + interval '1 hour')")
                .param(story.id)
                .param(event.body())
                .update();
        jdbc.sql("insert into inbox (topic, message_key, sequence) values (?, ?, ?)")
                .param(event.topic())
                .param(event.key())
                .param(event.sequence())
                .update();
        jdbc.sql("""
                insert into mail (id, registration_id, kind, state, recipient, owed_from, next_try_at, created_at, state_since)
                values (:id, :registration, :kind, :state, :recipient, :from::timestamptz, :from::timestamptz, now(), now())
                """)
                .param("id", UUID.randomUUID())
                .param("registration", story.id)
                .param("kind", kind)
                .param("state", state)
                .param("recipient", story.email)
                .param("from", from.toString())
                .update();
    }

    private static List<String> states(JdbcClient jdbc, Story... stories) {
        return jdbc.sql("select kind || ' ' || state from mail where registration_id = any(?)")
                .param(Stream.of(stories).map(story -> story.id).toArray(UUID[]::new))
                .query(String.class)
                .list();
    }

    private static ConfigurableApplicationContext start(String database, String group, int smtpPort) {
        return Deployed.start(
                NotificationServiceApplication.class,
                database,
                "--spring.application.name=" + group,
                "--SMTP_HOST=127.0.0.1",
                "--SMTP_PORT=" + smtpPort,
                "--MAIL_FROM=registration@example.org",
                "--notification.pace.receipt-within=100ms");
    }
}
