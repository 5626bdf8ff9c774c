package org.openingminute.payment.webhooks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.TraceContext;
import org.openingminute.payment.store.WebhookOutcomes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores providers' webhooks unchanged, until their retention ends. */
@Component
final class WebhookRepository implements WebhookOutcomes {

    /** A stored webhook is handed to its batch in memory; if it is not done after this time, it was left behind. */
    static final Duration LEFT_BEHIND_AFTER = Duration.ofSeconds(10);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final int MAX_ATTEMPTS = 20;

    private final JdbcClient jdbc;
    private final Clock clock;
    private final TraceContext traces;

    WebhookRepository(JdbcClient jdbc, Clock clock, TraceContext traces) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.traces = traces;
    }

    /** A stored webhook. Instances must not be compared, because the record's equality would compare the array by reference. */
    @SuppressWarnings("ArrayRecordComponent")
    record Waiting(
            StoredWebhook webhook, byte[] body, @Nullable String traceparent) {

        String provider() {
            return webhook.provider();
        }
    }

    /** Stores a webhook durably before it returns; empty if it was stored before. */
    Optional<Waiting> store(String provider, String eventId, byte[] body) {
        Waiting message = new Waiting(new StoredWebhook(provider, eventId, clock.instant()), body, traces.parent());
        boolean isNew = jdbc.sql("""
                insert into webhook_event (provider, event_id, body, received_at, next_at, traceparent) values (?, ?, ?, ?, ?, ?)
                on conflict do nothing
                """)
                        .param(message.provider())
                        .param(message.webhook().eventId())
                        .param(message.body())
                        .param(utc(message.webhook().receivedAt()))
                        .param(utc(message.webhook().receivedAt().plus(LEFT_BEHIND_AFTER)))
                        .param(message.traceparent())
                        .update()
                == 1;
        return isNew ? Optional.of(message) : Optional.empty();
    }

    /** Claims webhooks that were left behind or are due for another attempt. */
    List<Waiting> claim(Instant now, int limit) {
        return jdbc.sql("""
                update webhook_event set next_at = ?
                 where (provider, event_id) in (
                       select provider, event_id from webhook_event
                        where state = 'waiting' and next_at <= ?
                        order by next_at
                        limit ?
                          for update skip locked)
                returning provider, event_id, body, received_at, traceparent
                """)
                .param(utc(now.plus(LEFT_BEHIND_AFTER)))
                .param(utc(now))
                .param(limit)
                .query((row, _) -> new Waiting(
                        new StoredWebhook(
                                row.getString("provider"),
                                row.getString("event_id"),
                                row.getObject("received_at", OffsetDateTime.class)
                                        .toInstant()),
                        row.getBytes("body"),
                        row.getString("traceparent")))
                .list();
    }

    /** Keeps the job from claiming a webhook until an instant. */
    void putOff(StoredWebhook webhook, Instant until) {
        jdbc.sql("update webhook_event set next_at = ? where provider = ? and event_id = ? and state = 'waiting'")
                .param(utc(until))
                .param(webhook.provider())
                .param(webhook.eventId())
                .update();
    }

    /**
     * Saves the outcomes of attempted webhooks. Waiting and failed webhooks are retried after a pause; failed ones are given up after some
     * attempts. Rows are updated in the order of ids, because the job locks many of them as well.
     */
    @Override
    public void note(List<WebhookOutcome> outcomes) {
        if (outcomes.isEmpty()) {
            return;
        }
        List<WebhookOutcome> ordered = outcomes.stream()
                .sorted(Comparator.comparing(
                                (WebhookOutcome one) -> one.webhook().provider())
                        .thenComparing(one -> one.webhook().eventId()))
                .toList();
        jdbc.sql("""
                update webhook_event event
                   set state = case when outcome.result in ('APPLIED', 'IRRELEVANT') then 'applied'
                                    when outcome.result = 'FAILED' and tries + 1 >= ? then 'given-up'
                                    else 'waiting' end,
                       tried = true,
                       body = case when outcome.result = 'IRRELEVANT' then null else body end,
                       tries = tries + case when outcome.result = 'FAILED' then 1 else 0 end,
                       problem = case when outcome.result = 'WAITS' then event.problem else outcome.problem end,
                       next_at = ?
                  from unnest(?::text[], ?::text[], ?::text[], ?::text[]) as outcome (provider, event_id, result, problem)
                 where event.provider = outcome.provider and event.event_id = outcome.event_id and event.state = 'waiting'
                """)
                .param(MAX_ATTEMPTS)
                .param(utc(clock.instant().plus(RETRY_AFTER)))
                .param(ordered.stream().map(one -> one.webhook().provider()).toArray(String[]::new))
                .param(ordered.stream().map(one -> one.webhook().eventId()).toArray(String[]::new))
                .param(ordered.stream().map(one -> one.result().name()).toArray(String[]::new))
                .param(ordered.stream().map(WebhookOutcome::problem).toArray(String[]::new))
                .update();
    }

    /**
     * Deletes due bodies and returns how many. The id stays, so that a repeated webhook is recognised. A body is due 7 days after its
     * webhook was applied, or 30 days after it was given up; either was recorded five seconds before "next_at". Skips rows that another
     * instance is deleting.
     */
    int dropBodies(Instant now, int most) {
        return jdbc.sql("""
                update webhook_event set body = null
                 where ctid = any (array(
                       select ctid from (select ctid from webhook_event
                                          where state = 'applied' and body is not null
                                            and next_at <= :now::timestamptz - interval '7 days'
                                          limit :most
                                            for update skip locked) as applied
                        union all
                       select ctid from (select ctid from webhook_event
                                          where state = 'given-up' and body is not null
                                            and next_at <= :now::timestamptz - interval '30 days'
                                          limit :most
                                            for update skip locked) as given_up
                        limit :most))
                   and state <> 'waiting' and body is not null
                """).param("now", utc(now)).param("most", most).update();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
