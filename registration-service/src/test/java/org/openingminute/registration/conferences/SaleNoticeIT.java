package org.openingminute.registration.conferences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Written;
import org.openingminute.registration.StaffIssuer;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.conferences.SaleNoticeConfiguration.SaleNoticeSettings;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.SaleState;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves that each due notice is published once as business time is moved, on the running service with its broker. */
@RegistrationServiceTest
class SaleNoticeIT {

    private static final Instant NEVER = Instant.parse("2099-01-01T00:00:00Z");
    private static final String ORGANISER = StaffIssuer.staffToken("organiser");

    @Autowired
    private SaleNoticeJob job;

    @Autowired
    private SaleNoticeRepository notice;

    @Autowired
    private ConferenceCache conferences;

    @Autowired
    private Outbox outbox;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ServiceFixture service;

    private final String slug = "news-" + UUID.randomUUID().toString().substring(0, 8);

    @Test
    void each_notice_is_published_once_and_each_event_has_all() {
        service.moveTo("2026-01-09T23:59:00Z");
        put("2026-01-31T23:59:59Z");
        assertNoMorePublished(List.of());

        service.moveTo("2026-01-10T00:00:00Z");
        awaitPublished("conference.sale-opened.v1");
        service.moveTo("2026-01-29T00:00:01Z");
        awaitPublished("conference.sale-opened.v1", "conference.deadline-near.v1");
        service.moveTo("2026-01-09T23:59:00Z");
        service.moveTo("2026-01-30T00:00:00Z");
        assertNoMorePublished(List.of("conference.sale-opened.v1", "conference.deadline-near.v1"));

        List<Written> published = written();
        assertThat(published).extracting(Written::sequence).containsExactly(1L, 2L);
        assertThat(published.getLast().body().path("news")).hasSize(2);
        assertThat(published.getLast().body().at("/news/0/kind").asString()).isEqualTo("sale-opened");
        assertThat(published.getLast().body().at("/news/1/phase/code").asString())
                .isEqualTo("early");
        assertThat(published.getLast().body().at("/news/1/next/code").asString())
                .isEqualTo("regular");
        assertThat(published.getLast().body().at("/news/1/prices/0/next/amount").asLong())
                .isEqualTo(15_000);
    }

    @Test
    void a_late_definition_opens_at_once_and_skips_past_deadlines() {
        service.moveTo("2026-02-05T00:00:00Z");
        put("2026-01-31T23:59:59Z");
        awaitPublished("conference.sale-opened.v1");
        assertThat(written().getFirst().body().at("/news/0/phase/code").asString())
                .isEqualTo("regular");
        assertNoMorePublished(List.of("conference.sale-opened.v1"));
    }

    @Test
    void moved_end_of_a_phase_moves_its_notice_and_a_pause_holds_all() {
        service.moveTo("2026-01-20T00:00:00Z");
        put("2026-01-31T23:59:59Z");
        awaitPublished("conference.sale-opened.v1");
        put("2026-02-10T23:59:59Z");
        service.moveTo("2026-01-30T00:00:00Z");
        assertNoMorePublished(List.of("conference.sale-opened.v1"));

        sale("paused");
        service.moveTo("2026-02-09T00:00:00Z");
        assertNoMorePublished(List.of("conference.sale-opened.v1"));
        sale("open");
        awaitPublished("conference.sale-opened.v1", "conference.deadline-near.v1");
        put("2026-02-12T23:59:59Z");
        assertNoMorePublished(List.of("conference.sale-opened.v1", "conference.deadline-near.v1"));

        // Readers who were notified of the former end are notified of the new one.
        service.moveTo("2026-02-10T12:00:00Z");
        awaitPublished("conference.sale-opened.v1", "conference.deadline-near.v1", "conference.deadline-near.v1");
        assertThat(written().getLast().body().at("/news/2/phase/until").asString())
                .startsWith("2026-02-12T23:59:59");
    }

    @Test
    void a_clock_that_was_moved_meanwhile_is_looked_at_again() {
        service.moveTo("2026-01-20T00:00:00Z");
        put("2026-01-31T23:59:59Z");
        awaitPublished("conference.sale-opened.v1");
        Conference conference = conferences.current(slug).orElseThrow();
        SaleNoticeRepository.Due before = new SaleNoticeRepository.Due(slug, NEVER, offset());

        service.moveTo("2026-01-19T00:00:00Z");
        // The service's own job looks again too, and then leaves the conference alone.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> looksAgainAt().isAfter(Instant.parse("2026-01-19T00:00:00Z")));
        notice.scheduleCheck(before, conference, NEVER);

        assertThat(looksAgainAt()).isBefore(NEVER);
        notice.scheduleCheck(new SaleNoticeRepository.Due(slug, NEVER, offset()), conference, NEVER);
        assertThat(looksAgainAt()).isEqualTo(NEVER);
    }

    @Test
    void a_longer_time_before_deadlines_holds_from_the_next_start() {
        service.moveTo("2026-01-22T00:00:00Z");
        put("2026-01-31T23:59:59Z");
        awaitPublished("conference.sale-opened.v1");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> looksAgainAt().isAfter(Instant.parse("2026-01-22T00:00:00Z")));

        new SaleNoticeJob(conferences, notice, outbox, transaction, new SaleNoticeSettings(Duration.ofDays(30))).work();

        awaitPublished("conference.sale-opened.v1", "conference.deadline-near.v1");
    }

    @Test
    void concurrent_runs_publish_a_notice_once() throws Exception {
        service.moveTo("2026-01-20T00:00:00Z");
        put("2026-01-31T23:59:59Z");
        ServiceFixture.atOnce(8, () -> {
            job.work();
            return true;
        });
        awaitPublished("conference.sale-opened.v1");
        assertNoMorePublished(List.of("conference.sale-opened.v1"));
    }

    @Test
    void a_paused_notice_job_blocks_the_sale_no_longer_than_a_batch() {
        put("2026-01-31T23:59:59Z");
        // The service's own job has had the lock by then.
        awaitPublished("conference.sale-opened.v1");
        assertThatExceptionOfType(TransactionException.class)
                .isThrownBy(() -> transaction.executeWithoutResult(_ -> {
                    // Otherwise the connection's own limit would end it.
                    jdbc.sql("set local transaction_timeout = 0").update();
                    notice.lock(slug);
                    assertThat(CompletableFuture.runAsync(
                                    () -> transaction.executeWithoutResult(_ -> ServiceFixture.lockSale(jdbc, slug))))
                            .succeedsWithin(SaleState.LONGEST_BATCH.plusSeconds(20));
                }));
    }

    private void put(String earlyUntil) {
        assertThat(service.put("/api/admin/conferences/" + slug, ORGANISER, """
                {"slug": "%s", "name": "Test", "startsOn": "2026-05-18", "endsOn": "2026-05-22", "timeZone": "UTC",
                 "registration": {"currency": "USD", "capacity": 10,
                  "phases": [{"code": "early", "name": "Early", "from": "2026-01-10T00:00:00Z", "until": "%s"},
                             {"code": "regular", "name": "Regular", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "seat", "name": "Seat", "amounts": {"early": 10000, "regular": 15000}}]}}
                """.formatted(slug, earlyUntil))
                        .status())
                .isBetween(200, 201);
    }

    private void sale(String state) {
        service.put(
                        "/api/admin/conferences/" + slug + "/sale",
                        ORGANISER,
                        "{\"state\": \"" + state + "\", \"message\": null}")
                .expect(200);
    }

    /** Runs the job several times, and checks that it has published nothing else. */
    private void assertNoMorePublished(List<String> types) {
        for (int i = 0; i < 3; i++) {
            job.work();
        }
        assertThat(rows()).isEqualTo(types.size());
        assertThat(written()).extracting(Written::type).isEqualTo(types);
    }

    private void awaitPublished(String... types) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(written()).extracting(Written::type).containsExactly(types));
    }

    private List<Written> written() {
        return service.written("conference.events.v1", slug);
    }

    private long offset() {
        return jdbc.sql("select offset_millis from rehearsal_clock")
                .query(Long.class)
                .single();
    }

    private Instant looksAgainAt() {
        return jdbc.sql("select greatest(notices_due_at, '2000-01-01') from conference where slug = ?")
                .param(slug)
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    private int rows() {
        return jdbc.sql("select count(*) from conference_news where conference = ?")
                .param(slug)
                .query(Integer.class)
                .single();
    }
}
