package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.outbox.ProgressReport;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Proves that the service reports overdue work, for which registration-service keeps holds waiting. Uses the running service, its sandbox
 * and broker.
 */
@PaymentServiceTest
class ProgressIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int PAYERS = FULL ? 300 : 96;
    /** 16 sessions are checked at once: the last check starts 9 s after it is due (11.5 s in full); a check is late after 5 s. */
    private static final int LATENCY_MS = FULL ? 16_000 / 25 : 1_800;

    private static final int AT_ONCE = 8;
    private static final Duration LONG = Duration.ofSeconds(FULL ? 120 : 60);
    private static final Duration AWAY = Duration.ofSeconds(60);
    private static final double LATE_SECONDS = 5;
    private static final Duration GRACE = Duration.ofSeconds(8);
    /** Many times what passes from one look at the reports to the next; while the machine stands still, nobody looks. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Environment environment;

    @Autowired
    private ProgressReport report;

    @Test
    void service_reports_its_progress_as_the_contract_says() {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.registration.published("payment-service"))
                        .isNotEmpty()
                        .allSatisfy(progress -> assertThat(progress.sequence())
                                .isEqualTo(Instant.parse(
                                                progress.body().path("asOf").asString())
                                        .toEpochMilli())));
    }

    @Test
    void work_is_untried_until_its_first_try_and_while_it_is_due() {
        JdbcClient rows = JdbcClient.create(
                new DriverManagerDataSource(TestInfrastructure.newDatabase("untried"), "postgres", "postgres"));
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        assertThat(untriedSince(rows, now)).isNull();

        webhook(rows, "tried", now.minusSeconds(90), true, "waiting");
        webhook(rows, "applied", now.minusSeconds(90), false, "applied");
        open(rows, "session", now.plusSeconds(1));
        open(rows, "answer", now.minusSeconds(90));
        watch(rows, "sandbox", now.minusSeconds(90));
        watch(rows, "removed paid", now.minusSeconds(90));
        watch(rows, "sandbox paid", now.plusSeconds(1));
        assertThat(untriedSince(rows, now)).isNull();

        webhook(rows, "new", now.minusSeconds(3), false, "waiting");
        assertThat(untriedSince(rows, now)).isEqualTo(now.minusSeconds(3));
        open(rows, "session", now.minusSeconds(4));
        assertThat(untriedSince(rows, now)).isEqualTo(now.minusSeconds(4));
        rows.sql("update provider_watch set next_at = ? where provider = 'sandbox paid'")
                .param(now.minusSeconds(5).atOffset(ZoneOffset.UTC))
                .update();
        assertThat(untriedSince(rows, now)).isEqualTo(now.minusSeconds(5));
    }

    /** Simulates an outage of a minute in which payers paid at the provider and all its webhooks were lost. */
    @Test
    @DisturbsOthers
    void late_news_is_reported_until_the_last_capture_after_an_outage() throws Exception {
        List<UUID> payers = new ArrayList<>();
        for (int i = 0; i < PAYERS; i++) {
            payers.add(service.requested());
        }
        List<String> checkouts = atOnce(payers, service::checkoutUrl);
        service.faults("{\"webhook\": {\"dropRate\": 1}}");
        askNobody(payers);
        // The reconciliation, which tests have twice a second, would adopt the captures before their sessions are late.
        try (HeldLock _ = HeldLock.ofReconciliation(environment)) {
            assertThat(atOnce(
                            checkouts,
                            url -> service.card(url, "4242424242424242").text()))
                    .allSatisfy(text -> assertThat(text).contains("captured"));
            service.faults("{\"latencyMs\": %d, \"webhook\": {\"dropRate\": 1}}".formatted(LATENCY_MS));

            providerListIsDue(Instant.now().minus(AWAY));
            Course course = new Course();
            await().atMost(LONG).until(() -> {
                course.look(untriedSeconds());
                return captured(payers) == PAYERS;
            });
            assertThat(course.sessionsWereLate).isTrue();
        }
    }

    /** The reports so far, as registration-service reads them. */
    private static final class Course {

        private Instant lastLook = Instant.now();
        private Duration sinceLate = Duration.ZERO;
        private boolean sessionsWereLate;

        void look(double untriedSeconds) {
            Instant now = Instant.now();
            Duration passed = Duration.between(lastLook, now);
            sinceLate = sinceLate.plus(passed.compareTo(LONGEST_LOOK) < 0 ? passed : LONGEST_LOOK);
            lastLook = now;
            assertThat(sinceLate)
                    .as("since late work was last reported, while captures are missing")
                    .isLessThan(GRACE);
            if (untriedSeconds > LATE_SECONDS) {
                sinceLate = Duration.ZERO;
                sessionsWereLate |= untriedSeconds < AWAY.toSeconds();
            }
        }
    }

    private void askNobody(List<UUID> payers) {
        Instant later = Instant.now().plus(Duration.ofHours(1));
        jdbc.sql("update payment_open set due_at = ? where what = 'session' and registration_id = any(?)")
                .param(later.atOffset(ZoneOffset.UTC))
                .param(payers.toArray(UUID[]::new))
                .update();
        providerListIsDue(later);
    }

    private void providerListIsDue(Instant at) {
        jdbc.sql("update provider_watch set next_at = ? where provider = 'sandbox paid'")
                .param(at.atOffset(ZoneOffset.UTC))
                .update();
    }

    private int captured(List<UUID> payers) {
        return jdbc.sql("select count(distinct registration_id) from payment_capture where registration_id = any(?)")
                .param(payers.toArray(UUID[]::new))
                .query(Integer.class)
                .single();
    }

    private double untriedSeconds() {
        Instant now = Instant.now();
        Instant since = untriedSince(jdbc, now);
        return since == null ? 0 : Duration.between(since, now).toMillis() / 1000.0;
    }

    private @Nullable Instant untriedSince(JdbcClient rows, Instant now) {
        OffsetDateTime since = rows.sql("select (" + report.untriedSince() + ") as since")
                .params(report.parameters())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .query((row, _) -> Optional.ofNullable(row.getObject("since", OffsetDateTime.class)))
                .single()
                .orElse(null);
        return since == null ? null : since.toInstant();
    }

    private static void webhook(JdbcClient rows, String id, Instant receivedAt, boolean tried, String state) {
        rows.sql("""
                insert into webhook_event (provider, event_id, body, received_at, next_at, tried, state)
                values ('sandbox', ?, '', ?, now(), ?, ?)
                """)
                .param(id)
                .param(receivedAt.atOffset(ZoneOffset.UTC))
                .param(tried)
                .param(state)
                .update();
    }

    private static void open(JdbcClient rows, String what, Instant dueAt) {
        rows.sql("insert into payment_open (registration_id, id, what, since, due_at) values (?, ?, ?, now(), ?)")
                .param(UUID.randomUUID())
                .param(UUID.randomUUID())
                .param(what)
                .param(dueAt.atOffset(ZoneOffset.UTC))
                .update();
    }

    private static void watch(JdbcClient rows, String what, Instant nextAt) {
        rows.sql("insert into provider_watch (provider, disputes_until, next_at) values (?, now(), ?)")
                .param(what)
                .param(nextAt.atOffset(ZoneOffset.UTC))
                .update();
    }

    private static <T, R> List<R> atOnce(List<T> all, Function<T, R> call) throws Exception {
        List<Future<R>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            all.forEach(one -> answers.add(threads.submit(() -> call.apply(one))));
        }
        List<R> results = new ArrayList<>();
        for (Future<R> answer : answers) {
            results.add(answer.get());
        }
        return results;
    }
}
