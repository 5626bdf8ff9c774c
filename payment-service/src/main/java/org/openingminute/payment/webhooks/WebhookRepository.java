package org.openingminute.payment.webhooks;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.TraceContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores webhooks of providers unchanged. */
@Component
final class WebhookRepository {

    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final int MAX_ATTEMPTS = 20;

    private final JdbcClient jdbc;

    private final TraceContext traces;

    WebhookRepository(JdbcClient jdbc, TraceContext traces) {
        this.jdbc = jdbc;
        this.traces = traces;
    }

    /** One webhook. A record of arrays must not be compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Waiting(
            String provider,
            String eventId,
            byte[] body,
            Instant receivedAt,
            @Nullable String traceparent) {}

    /** Stores a webhook, which is on disk when this returns; false if it was there already. */
    boolean store(String provider, String eventId, byte[] body, Instant now) {
        return jdbc.sql("""
                insert into webhook_event (provider, event_id, body, received_at, next_at, traceparent) values (?, ?, ?, ?, ?, ?)
                on conflict do nothing
                """)
                        .param(provider)
                        .param(eventId)
                        .param(body)
                        .param(now.atOffset(ZoneOffset.UTC))
                        .param(now.atOffset(ZoneOffset.UTC))
                        .param(traces.parent())
                        .update()
                == 1;
    }

    /** Claims webhooks to be applied, for the time of the lease. */
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
                .param(now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> new Waiting(
                        row.getString("provider"),
                        row.getString("event_id"),
                        row.getBytes("body"),
                        row.getObject("received_at", OffsetDateTime.class).toInstant(),
                        row.getString("traceparent")))
                .list();
    }

    void applied(Waiting message) {
        jdbc.sql("update webhook_event set state = 'applied', problem = null where provider = ? and event_id = ?")
                .param(message.provider())
                .param(message.eventId())
                .update();
    }

    /**
     * Saves why a webhook could not be applied. It is retried when the lease ends, and given up after some attempts.
     */
    void notApplied(Waiting message, String problem) {
        jdbc.sql("""
                update webhook_event
                   set tries = tries + 1, problem = ?,
                       state = case when tries + 1 >= ? then 'given-up' else 'waiting' end
                 where provider = ? and event_id = ? and state = 'waiting'
                """)
                .param(problem)
                .param(MAX_ATTEMPTS)
                .param(message.provider())
                .param(message.eventId())
                .update();
    }
}
