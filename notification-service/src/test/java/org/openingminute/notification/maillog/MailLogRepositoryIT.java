package org.openingminute.notification.maillog;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.maillog.MailLogRepository.Resent;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves the selection of mails and concurrent resends, on a real database. */
class MailLogRepositoryIT {

    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
    private static final Instant BEFORE = NOW.minusSeconds(3_600);
    private static final MailSelection ALL_FAILED = new MailSelection("failed", Instant.EPOCH, null, null);

    private HikariDataSource database;
    private JdbcClient jdbc;
    private MailLogRepository mails;

    @BeforeEach
    void newDatabase() {
        database = new HikariDataSource();
        database.setJdbcUrl(TestInfrastructure.newDatabase("mail_log"));
        database.setUsername("postgres");
        database.setPassword("postgres");
        jdbc = JdbcClient.create(database);
        mails = new MailLogRepository(
                jdbc,
                jdbc,
                Clock.fixed(NOW, ZoneOffset.UTC),
                Ids.timeOrdered(),
                TraceContext.none(),
                new AuditLog(jdbc, jdbc, Optional::empty));
    }

    @AfterEach
    void disconnect() {
        database.close();
    }

    @Test
    void ten_thousand_mails_are_put_back_once_by_requests_at_once() {
        jdbc.sql("insert into projection (id) values (?)")
                .param(UUID.randomUUID())
                .update();
        jdbc.sql("""
                insert into mail (id, registration_id, kind, about, recipient, due_since, next_try_at, created_at, state_since,
                                  state, attempts, refusals, reason, read_late)
                select gen_random_uuid(), projection.id, 'confirmation', n::text, 'ada@example.org', :before, :before, :before,
                       :before, 'failed', 40, 38, '550 relay not permitted', true
                  from projection cross join generate_series(1, 10000) as n
                """).param("before", Timestamp.from(BEFORE)).update();

        List<List<Resent>> resent;
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            resent = Stream.generate(() ->
                            CompletableFuture.supplyAsync(() -> mails.resend(ALL_FAILED, null, "organiser"), callers))
                    .limit(4)
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }

        assertThat(resent.stream().flatMap(List::stream).mapToInt(Resent::mails).sum())
                .isEqualTo(10_000);
        assertThat(mails.resend(ALL_FAILED, null, "organiser")).isEmpty();
        assertThat(jdbc.sql("""
                select count(*) from mail
                 where state = 'waiting' and next_try_at = :now and due_since = :now and state_since = :now
                   and attempts = 0 and refusals = 0 and reason is null and requested_by = 'organiser'
                """)
                        .param("now", Timestamp.from(NOW))
                        .query(Integer.class)
                        .single())
                .isEqualTo(10_000);
    }

    @Test
    void mails_are_selected_by_state_time_and_kind() {
        UUID early = mail("confirmation", 0, "failed", BEFORE.minusNanos(1_000));
        UUID first = mail("confirmation", 0, "failed", BEFORE);
        UUID last = mail("cancelled", 0, "failed", NOW);
        UUID bounced = mail("confirmation", 0, "bounced", NOW);
        mail("confirmation", 0, "sent", NOW);
        mail("confirmation", 0, "superseded", NOW);

        assertThat(resent(new MailSelection("failed", BEFORE, NOW.minusNanos(1_000), null)))
                .containsExactly(first);
        assertThat(resent(new MailSelection("failed", BEFORE, NOW, "confirmation")))
                .isEmpty();
        assertThat(resent(new MailSelection("failed", BEFORE, NOW, "cancelled")))
                .containsExactly(last);
        assertThat(resent(ALL_FAILED)).containsExactly(early);
        assertThat(resent(new MailSelection(null, BEFORE, null, null).upTo(NOW.minusNanos(1_000))))
                .isEmpty();
        assertThat(resent(new MailSelection(null, BEFORE, null, null).upTo(NOW)))
                .containsExactly(bounced);
    }

    @Test
    void mail_that_was_asked_for_again_is_left_to_its_newest_copy() {
        UUID known = UUID.randomUUID();
        jdbc.sql("insert into projection (id) values (?)").param(known).update();
        mail(known, "confirmation", 0, "failed", BEFORE);
        UUID copy = mail(known, "confirmation", 1, "failed", BEFORE);
        mail(known, "cancelled", 0, "failed", BEFORE);
        mail(known, "cancelled", 1, "sent", BEFORE);

        assertThat(resent(ALL_FAILED)).containsExactly(copy);
    }

    /** Returns the mails that a selection resends after those of earlier resends were sent. */
    private List<UUID> resent(MailSelection selection) {
        jdbc.sql("update mail set state = 'sent' where state = 'waiting'").update();
        List<Resent> resent = mails.resend(selection, null, "organiser");
        List<UUID> waiting = jdbc.sql("select id from mail where state = 'waiting'")
                .query(UUID.class)
                .list();
        assertThat(waiting).hasSize(resent.stream().mapToInt(Resent::mails).sum());
        return waiting;
    }

    private UUID mail(String kind, int copy, String state, Instant since) {
        UUID registration = UUID.randomUUID();
        jdbc.sql("insert into projection (id) values (?)").param(registration).update();
        return mail(registration, kind, copy, state, since);
    }

    private UUID mail(UUID registration, String kind, int copy, String state, Instant since) {
        UUID mail = UUID.randomUUID();
        jdbc.sql("""
                insert into mail (id, registration_id, kind, copy, recipient, due_since, next_try_at, created_at, state_since,
                                  state)
                values (:id, :registration, :kind, :copy, 'ada@example.org', :since, :since, :since, :since, :state)
                """)
                .param("id", mail)
                .param("registration", registration)
                .param("kind", kind)
                .param("copy", copy)
                .param("since", Timestamp.from(since))
                .param("state", state)
                .update();
        return mail;
    }
}
