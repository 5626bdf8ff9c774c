package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;

import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.smtp.WithholdingMailServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Proves that of two running instances only one sends each mail, with a real database, broker and a mail server that withholds its replies.
 */
@ResourceLock(DisturbsOthers.PROCESSORS)
class TwoInstancesIT {

    private static final Duration SOON = Duration.ofMinutes(1);

    /** A domain per test, because an instance also reads the other test's events and opens at most four connections per domain. */
    private final String domain = "slow-" + UUID.randomUUID().toString().substring(0, 4) + ".example";

    private final String database = TestInfrastructure.newDatabase("two_instances");
    private final JdbcClient jdbc = client(database);
    private final JdbcClient elsewhere = client(database.replaceFirst("/[^/?]+(\\?|$)", "/postgres$1"));
    private final List<Story> stories =
            Stream.generate(() -> new Story(domain)).limit(3).toList();

    private WithholdingMailServer remote;

    private static JdbcClient client(String url) {
        return JdbcClient.create(new DriverManagerDataSource(url, "postgres", "postgres"));
    }

    @BeforeEach
    void start() throws IOException {
        remote = new WithholdingMailServer(domain);
        NEIGHBOURS.publish(Story.conference(1));
    }

    @AfterEach
    void stop() throws IOException {
        remote.close();
    }

    @Test
    @Timeout(300)
    void stopped_instance_hands_its_mails_over_and_no_other_sends_them() throws Exception {
        try (ConfigurableApplicationContext first = serviceWithTheMails();
                ConfigurableApplicationContext second = service()) {
            CompletableFuture<Void> end = end(first);
            OffsetDateTime then = now();
            await().atMost(SOON)
                    .until(() -> leases().stream().allMatch(until -> until.isAfter(then.plusSeconds(8)))
                            || copies().stream().anyMatch(copies -> copies > 1));
            assertThat(end).isNotDone();

            remote.accept();

            assertThat(end).succeedsWithin(SOON);
            endAndSeeThatEachWasSentOnce(second);
        }
    }

    @Test
    @Timeout(300)
    void mails_taken_while_the_database_was_away_are_not_sent_again() throws Exception {
        try (ConfigurableApplicationContext first = serviceWithTheMails();
                ConfigurableApplicationContext second = service()) {
            takeAway();
            OffsetDateTime then = now();
            remote.accept();
            // Longer than the leases and several attempts to save the outcome.
            await().atMost(SOON).until(() -> now().isAfter(then.plusSeconds(12)));
            bringBack();

            await().atMost(SOON).until(() -> sent() == stories.size());
            assertThat(end(first)).succeedsWithin(SOON);
            endAndSeeThatEachWasSentOnce(second);
        } finally {
            bringBack();
        }
    }

    /** Starts an instance and waits until it hands over the due mails. */
    private ConfigurableApplicationContext serviceWithTheMails() {
        ConfigurableApplicationContext service = service();
        stories.forEach(story -> NEIGHBOURS.publish(story.confirmed()));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(copies()).as(mails()).hasSize(stories.size()).containsOnly(1));
        return service;
    }

    private ConfigurableApplicationContext service() {
        return Deployed.start(
                NotificationServiceApplication.class,
                database,
                // A consumer group of their own: the instances read the same events as others and take none from them.
                "--spring.application.name=" + name(),
                "--SMTP_HOST=127.0.0.1",
                "--SMTP_PORT=" + remote.port(),
                "--MAIL_FROM=registration@example.org",
                "--notification.smtp.answer-within=60s",
                "--notification.pace.receipt-within=100ms",
                "--notification.pace.connections=100",
                "--notification.pace.lease=4s",
                "--spring.datasource.hikari.connection-timeout=2000");
    }

    /** Shuts an instance down gracefully in the background, as an upgrade does. */
    private static CompletableFuture<Void> end(ConfigurableApplicationContext service) {
        return CompletableFuture.runAsync(
                service::close, task -> Thread.ofVirtual().start(task));
    }

    private void endAndSeeThatEachWasSentOnce(ConfigurableApplicationContext last) {
        assertThat(end(last)).succeedsWithin(SOON);
        assertThat(sent()).isEqualTo(stories.size());
        assertThat(copies()).containsOnly(1);
    }

    private List<Integer> copies() {
        return stories.stream()
                .map(story -> remote.takenFor(story.email).size())
                .toList();
    }

    /** Describes the mails for the message of a failed assertion. */
    private String mails() {
        return jdbc.sql("""
                select coalesce(string_agg(concat_ws(' ', kind, state, tries, reason, next_try_at), '; '), 'no mail')
                  from mail where registration_id = any(?)
                """).param(ids()).query(String.class).single();
    }

    private long sent() {
        return jdbc.sql("select count(*) from mail where state = 'sent' and registration_id = any(?)")
                .param(ids())
                .query(Long.class)
                .single();
    }

    private List<OffsetDateTime> leases() {
        return jdbc.sql("select leased_until from mail where registration_id = any(?) and leased_until is not null")
                .param(ids())
                .query(OffsetDateTime.class)
                .list();
    }

    private UUID[] ids() {
        return stories.stream().map(story -> story.id).toArray(UUID[]::new);
    }

    private OffsetDateTime now() {
        return elsewhere
                .sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single();
    }

    private void takeAway() {
        elsewhere
                .sql("alter database " + name() + " with allow_connections false")
                .update();
        elsewhere
                .sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = ?")
                .param(name())
                .query(Boolean.class)
                .list();
    }

    private void bringBack() {
        elsewhere
                .sql("alter database " + name() + " with allow_connections true")
                .update();
    }

    private String name() {
        return database.replaceFirst("^.*/([^/?]+).*$", "$1");
    }
}
