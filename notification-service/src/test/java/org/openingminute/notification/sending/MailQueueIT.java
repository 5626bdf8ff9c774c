package org.openingminute.notification.sending;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.Ids;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.NotificationSettings;
import org.openingminute.notification.Settings;
import org.openingminute.notification.composing.ComposedMail;
import org.openingminute.notification.owed.MailKind;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class MailQueueIT {

    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final ComposedMail COMPOSED = new ComposedMail("MLSys 2026", "subject", "text", "html", "token");

    private JdbcClient jdbc;

    @BeforeEach
    void empty() {
        DriverManagerDataSource database =
                new DriverManagerDataSource(TestInfrastructure.newDatabase("mail_queue"), "postgres", "postgres");
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/messaging", "classpath:db/migration")
                .load()
                .migrate();
        jdbc = JdbcClient.create(database);
    }

    @Test
    void two_instances_never_lease_one_mail() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            owed(NOW);
        }
        List<UUID> leased = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(4);
        for (int instance = 0; instance < 4; instance++) {
            Thread.ofVirtual().start(() -> {
                MailQueue queue = instance(Duration.ofMinutes(1));
                for (List<WaitingMail> some = queue.lease(3); !some.isEmpty(); some = queue.lease(3)) {
                    some.forEach(mail -> leased.add(mail.id()));
                }
                done.countDown();
            });
        }
        done.await();

        assertThat(leased).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void a_kind_that_only_a_newer_version_knows_is_left_to_it() {
        owed(NOW);
        jdbc.sql("update mail set kind = 'of-a-later-version'").update();
        owed(NOW);

        assertThat(instance(Duration.ofMinutes(1)).lease(10))
                .extracting(mail -> mail.owed().kind())
                .containsExactly(MailKind.CONFIRMATION);
    }

    @Test
    void what_is_not_due_is_not_leased() {
        owed(NOW.plusMillis(1));

        assertThat(instance(Duration.ofMinutes(1)).lease(10)).isEmpty();
    }

    @Test
    void a_lease_that_has_passed_is_another_instances_and_no_longer_ours() {
        owed(NOW);
        MailQueue dead = instance(Duration.ZERO);
        WaitingMail mail = dead.lease(1).getFirst();

        MailQueue other = instance(Duration.ofMinutes(1));
        assertThat(other.lease(1)).extracting(WaitingMail::id).containsExactly(mail.id());
        assertThat(dead.isOurs(mail)).isFalse();
        assertThat(other.isOurs(mail)).isTrue();
        dead.postpone(mail, Duration.ofHours(1), 1, "too late to say");
        assertThat(other.isOurs(mail)).isTrue();
    }

    @Test
    void a_renewed_lease_stays_ours() {
        owed(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail mail = queue.lease(1).getFirst();
        jdbc.sql("update mail set leased_until = clock_timestamp()").update();
        assertThat(queue.isOurs(mail)).isFalse();

        queue.renew(List.of(mail.id()));

        assertThat(queue.isOurs(mail)).isTrue();
    }

    @Test
    void what_became_of_a_mail_is_noted_once() {
        owed(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail mail = queue.lease(1).getFirst();

        assertThat(queue.sent(mail, "ada@example.org", COMPOSED)).isTrue();
        assertThat(queue.sent(mail, "ada@example.org", COMPOSED)).isFalse();
        assertThat(queue.bounced(mail, "no such user")).isFalse();
        assertThat(queue.failed(mail, "given up")).isFalse();
        assertThat(queue.lease(1)).isEmpty();
    }

    private MailQueue instance(Duration lease) {
        NotificationSettings settings = Settings.with("pace.lease", lease.toMillis() + "ms");
        return new MailQueue(jdbc, CLOCK, Ids.timeOrdered(), settings);
    }

    private void owed(Instant from) {
        UUID registration = UUID.randomUUID();
        jdbc.sql("insert into registration (id) values (?)").param(registration).update();
        jdbc.sql("""
                insert into mail (id, registration_id, kind, recipient, owed_from, next_try_at, created_at, state_since)
                values (:id, :registration, 'confirmation', 'ada@example.org', :from, :from, :from, :from)
                """)
                .param("id", UUID.randomUUID())
                .param("registration", registration)
                .param("from", Timestamp.from(from))
                .update();
    }
}
