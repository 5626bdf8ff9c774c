package org.openingminute.payment.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.TraceContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Stores webhooks to the customer, from the transaction of their event until they are delivered. */
@Component
@RehearsalOnly
final class WebhookQueue {

    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration SHUFFLED_WITHIN = Duration.ofSeconds(3);

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Faults faults;
    private final Clock clock;
    private final Ids ids;
    private final TraceContext traces;

    WebhookQueue(JdbcClient jdbc, JsonMapper json, Faults faults, Clock clock, Ids ids, TraceContext traces) {
        this.jdbc = jdbc;
        this.json = json;
        this.faults = faults;
        this.clock = clock;
        this.ids = ids;
        this.traces = traces;
    }

    record Delivery(
            long id, String body, int attempts, @Nullable String traceparent) {}

    private record Event(UUID id, String type, Instant createdAt, SandboxSession session) {}

    /** Queues a webhook with the session's state in the running transaction. */
    void report(String type, SandboxSession session) {
        Faults.Webhook ordered = faults.ordered().webhook();
        UUID id = ids.next();
        String body = json.writeValueAsString(new Event(id, type, clock.instant(), session));
        insert(id, body, ordered);
        if (Faults.happens(ordered.duplicateRate())) {
            insert(id, body, ordered);
        }
    }

    private void insert(UUID id, String body, Faults.Webhook ordered) {
        Duration delay = Duration.ofMillis(ordered.delayMs());
        if (ordered.shuffle()) {
            delay = delay.plusMillis(ThreadLocalRandom.current().nextLong(SHUFFLED_WITHIN.toMillis()));
        }
        jdbc.sql("insert into sandbox.webhook (event_id, body, state, deliver_at, traceparent) values (?, ?, ?, ?, ?)")
                .param(id)
                .param(body)
                .param(Faults.happens(ordered.dropRate()) ? "dropped" : "waiting")
                .param(clock.instant().plus(delay).atOffset(ZoneOffset.UTC))
                .param(traces.parent())
                .update();
    }

    /** Claims due webhooks for the time of the lease. */
    List<Delivery> claim(int limit) {
        Instant now = clock.instant();
        return jdbc.sql("""
                update sandbox.webhook set deliver_at = ?, tries = tries + 1
                 where id in (
                       select id from sandbox.webhook
                        where state = 'waiting' and deliver_at <= ?
                        order by deliver_at
                        limit ?
                          for update skip locked)
                returning id, body, tries, traceparent
                """)
                .param(now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> new Delivery(
                        row.getLong("id"), row.getString("body"), row.getInt("tries"), row.getString("traceparent")))
                .list();
    }

    void delivered(Delivery delivery) {
        jdbc.sql("update sandbox.webhook set state = 'delivered' where id = ?")
                .param(delivery.id())
                .update();
    }

    void again(Delivery delivery, Duration after) {
        jdbc.sql("update sandbox.webhook set deliver_at = ? where id = ? and state = 'waiting'")
                .param(clock.instant().plus(after).atOffset(ZoneOffset.UTC))
                .param(delivery.id())
                .update();
    }
}
