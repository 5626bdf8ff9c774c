package org.openingminute.payment.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.testing.StepGuard;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.payment.store.WebhookOutcomes.WebhookOutcome;
import org.openingminute.payment.store.WebhookOutcomes.WebhookResult;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Proves that bodies of webhooks, which contain payers' names, are deleted in time by the service's clock. Uses a real database. */
class OldWebhooksIT {

    private static final Instant NOW = Instant.parse("2026-05-04T12:00:00Z");
    private static final byte[] BODY = "{\"name\": \"Ada Lovelace\"}".getBytes(StandardCharsets.UTF_8);
    private static final int ATTEMPTS = 20;
    /** The time from saving an outcome to the webhook's {@code next_at}. */
    private static final Duration NOTED = Duration.ofSeconds(5);

    private final DataSource database =
            new DriverManagerDataSource(TestInfrastructure.newDatabase("webhooks"), "postgres", "postgres");
    private final JdbcClient jdbc = JdbcClient.create(database);

    @Test
    void body_is_dropped_7_days_after_it_was_applied_and_30_after_it_was_given_up() throws Exception {
        store("applied", WebhookResult.APPLIED, 1);
        store("given up", WebhookResult.FAILED, ATTEMPTS);
        store("failed once", WebhookResult.FAILED, 1);
        store("waits", WebhookResult.WAITS, 1);

        Instant due = NOW.plus(Duration.ofDays(7)).plus(NOTED);
        work(due.minusSeconds(1));
        assertThat(withBody()).containsExactlyInAnyOrder("applied", "given up", "failed once", "waits");
        work(due);
        assertThat(withBody()).containsExactlyInAnyOrder("given up", "failed once", "waits");
        assertThat(repository(due).store("sandbox", "applied", BODY))
                .as("its id is still known")
                .isEmpty();
        assertThatThrownBy(() -> jdbc.sql("update webhook_event set state = 'waiting' where event_id = 'applied'")
                        .update())
                .as("it cannot be applied again")
                .hasMessageContaining("webhook_event_waits_with_its_body");

        due = NOW.plus(Duration.ofDays(30)).plus(NOTED);
        work(due.minusSeconds(1));
        assertThat(withBody()).contains("given up");
        work(due);
        assertThat(withBody()).containsExactlyInAnyOrder("failed once", "waits");
    }

    @Test
    void ignored_webhook_is_stored_without_its_body() {
        store("foreign", WebhookResult.IRRELEVANT, 1);

        assertThat(withBody()).isEmpty();
        assertThat(jdbc.sql("select state from webhook_event")
                        .query(String.class)
                        .list())
                .containsExactly("applied");
    }

    @Test
    void bodies_are_dropped_in_steps() throws Exception {
        jdbc.sql("""
                insert into webhook_event (provider, event_id, body, received_at, next_at, state)
                select 'sandbox', n::text, '\\x00', now(), ?, case when n % 2 = 0 then 'applied' else 'given-up' end
                  from generate_series(1, 2002) as n
                """).param(utc(NOW)).update();
        StepGuard.on(jdbc, "webhook_event", "update");

        OldWebhooksJob job = job(NOW.plus(Duration.ofDays(30)));
        assertThat(job.work()).isTrue();
        assertThat(withBody()).hasSize(1_002);
        assertThat(job.work()).isTrue();
        assertThat(job.work()).isFalse();
        assertThat(withBody()).isEmpty();
    }

    @Test
    void instances_do_not_wait_for_each_other() throws Exception {
        store("dropped by another", WebhookResult.APPLIED, 1);
        store("dropped here", WebhookResult.APPLIED, 1);
        try (Connection other = database.getConnection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("""
                    update webhook_event set body = null where event_id = 'dropped by another'
                    """);
            CompletableFuture<Integer> here =
                    CompletableFuture.supplyAsync(() -> repository(NOW).dropBodies(NOW.plus(Duration.ofDays(8)), 2));
            assertThat(here).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(1);
            assertThat(withBody()).containsExactly("dropped by another");
        }
        work(NOW.plus(Duration.ofDays(8)));
        assertThat(withBody()).isEmpty();
    }

    private void store(String id, WebhookResult result, int times) {
        WebhookRepository messages = repository(NOW);
        WebhookRepository.Waiting stored = messages.store("sandbox", id, BODY).orElseThrow();
        for (int i = 0; i < times; i++) {
            messages.note(List.of(new WebhookOutcome(stored.webhook(), result, null)));
        }
    }

    private void work(Instant now) throws InterruptedException {
        assertThat(job(now).work()).isFalse();
    }

    private OldWebhooksJob job(Instant now) {
        return new OldWebhooksJob(repository(now), Clock.fixed(now, ZoneOffset.UTC));
    }

    private WebhookRepository repository(Instant now) {
        return new WebhookRepository(jdbc, Clock.fixed(now, ZoneOffset.UTC), TraceContext.none());
    }

    private List<String> withBody() {
        return jdbc.sql("select event_id from webhook_event where body is not null")
                .query(String.class)
                .list();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
