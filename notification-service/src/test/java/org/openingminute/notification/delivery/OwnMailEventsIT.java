package org.openingminute.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves that mails whose outcome was lost in a failover are not sent again, because the service reads its own events. Uses a real
 * database.
 */
class OwnMailEventsIT {

    private final DataSource dataSource =
            new DriverManagerDataSource(TestInfrastructure.newDatabase("own_mails"), "postgres", "postgres");
    private final JdbcClient jdbc = JdbcClient.create(dataSource);
    private final OwnMailEvents own = new OwnMailEvents(jdbc);
    private final UUID registration = UUID.randomUUID();
    private final UUID mail = UUID.randomUUID();

    @Test
    void mail_that_waits_in_the_copy_is_noted_as_sent() {
        knowRegistration();
        due(mail, "confirmation", "");
        due(UUID.randomUUID(), "refund-made", "a");
        note("confirmation", "sent", null);
        assertThat(states()).containsOnly(Map.entry("confirmation ", "sent"), Map.entry("refund-made a", "waiting"));
    }

    @Test
    void mail_that_is_due_under_another_id_is_noted_as_sent() {
        knowRegistration();
        due(UUID.randomUUID(), "refund-made", "a");
        due(UUID.randomUUID(), "refund-made", "b");
        note("refund-made", "sent", "b");
        assertThat(states()).containsOnly(Map.entry("refund-made a", "waiting"), Map.entry("refund-made b", "sent"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "bounced"})
    void mail_that_was_sent_again_with_success_is_noted_as_sent(String before) {
        knowRegistration();
        due(mail, "confirmation", "");
        jdbc.sql("update mail set state = ?").param(before).update();
        note("confirmation", "sent", "");
        assertThat(states()).containsOnly(Map.entry("confirmation ", "sent"));

        jdbc.sql("update mail set id = gen_random_uuid(), state = ?")
                .param(before)
                .update();
        note("confirmation", "sent", "");
        assertThat(states()).as("under another id").containsOnly(Map.entry("confirmation ", "sent"));
    }

    @Test
    void mail_of_a_registration_that_the_copy_lacks_is_noted_as_sent() {
        note("pay-now", "sent", null);
        note("pay-now", "sent", "");
        assertThat(states()).containsOnly(Map.entry("pay-now ", "sent"));
    }

    @Test
    void mail_that_was_not_sent_or_has_no_name_stays_as_it_is() {
        knowRegistration();
        due(mail, "confirmation", "");
        note("confirmation", "bounced", "");
        note("confirmation", "waiting", "");
        jdbc.sql("update mail set id = gen_random_uuid()").update();
        note("refund-made", "sent", null);
        assertThat(states()).containsOnly(Map.entry("confirmation ", "waiting"));
    }

    /** After a restore, the service reads all mails that it has ever sent. */
    @Test
    void mails_of_many_registrations_are_noted_at_once() {
        AtomicInteger connections = new AtomicInteger();
        OwnMailEvents counted = new OwnMailEvents(JdbcClient.create(new DelegatingDataSource(dataSource) {
            @Override
            public Connection getConnection() throws SQLException {
                connections.incrementAndGet();
                return super.getConnection();
            }
        }));
        counted.note(IntStream.range(0, 50)
                .mapToObj(_ -> message(UUID.randomUUID(), UUID.randomUUID(), "pay-now", "sent", ""))
                .flatMap(message -> Stream.of(message, message))
                .toList());
        assertThat(jdbc.sql("select count(*) from mail where state = 'sent'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(50);
        assertThat(connections).hasValueLessThan(10);
    }

    /** Two instances recover the same mails in different orders. */
    @Test
    void recoveries_in_opposite_orders_both_end() throws SQLException {
        List<Message> sent = IntStream.range(0, 4_000)
                .mapToObj(_ -> message(UUID.randomUUID(), UUID.randomUUID(), "pay-now", "sent", ""))
                .toList();
        own.note(sent);
        jdbc.sql("update mail set state = 'waiting'").update();

        CompletableFuture<Void> one;
        CompletableFuture<Void> other;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection connection = dataSource.getConnection();
                Statement lock = connection.createStatement()) {
            connection.setAutoCommit(false);
            lock.execute("select from mail for update");
            one = CompletableFuture.runAsync(() -> inTransaction(sent), threads);
            other = CompletableFuture.runAsync(() -> inTransaction(sent.reversed()), threads);
            await().atMost(Duration.ofMinutes(1)).until(() -> waiting() == 2);
            connection.commit();
        }
        assertThat(CompletableFuture.allOf(one, other)).succeedsWithin(Duration.ofSeconds(30));
        assertThat(Set.copyOf(
                        jdbc.sql("select state from mail").query(String.class).list()))
                .containsExactly("sent");
    }

    private void inTransaction(List<Message> messages) {
        new TransactionTemplate(new DataSourceTransactionManager(dataSource)).executeWithoutResult(_ -> {
            // Forces the plan of a big table, which visits rows in the order of the messages.
            jdbc.sql("set local enable_hashjoin = off").update();
            jdbc.sql("set local enable_mergejoin = off").update();
            jdbc.sql("set local enable_seqscan = off").update();
            own.note(messages);
        });
    }

    private int waiting() {
        return jdbc.sql("""
                select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                """).query(Integer.class).single();
    }

    private void knowRegistration() {
        jdbc.sql("insert into projection (id, state) values (?, '{\"contact\": {\"email\": \"ada@example.org\"}}')")
                .param(registration)
                .update();
    }

    private void due(UUID id, String kind, String about) {
        jdbc.sql("""
                insert into mail (id, registration_id, kind, about, recipient, due_since, next_try_at, created_at, state_since)
                values (?, ?, ?, ?, 'ada@example.org', now(), now(), now(), now())
                """).param(id).param(registration).param(kind).param(about).update();
    }

    private Map<String, String> states() {
        return jdbc
                .sql("select kind || ' ' || about as name, state from mail")
                .query((row, _) -> Map.entry(row.getString("name"), row.getString("state")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private void note(String kind, String state, @Nullable String about) {
        own.note(List.of(message(registration, mail, kind, state, about)));
    }

    private static Message message(UUID registration, UUID mail, String kind, String state, @Nullable String about) {
        String named = about == null ? "" : ", \"about\": \"%s\", \"copy\": 0".formatted(about);
        return new Message(
                UUID.randomUUID(),
                MailEvent.TOPIC,
                registration.toString(),
                "mail.sent.v1",
                "/notification-service",
                Instant.EPOCH,
                1,
                """
                {"registration": "%s",
                 "mails": [{"id": "%s", "kind": "%s", "state": "%s", "at": "2026-02-02T17:00:00Z"%s}]}
                """.formatted(registration, mail, kind, state, named),
                Map.of());
    }
}
