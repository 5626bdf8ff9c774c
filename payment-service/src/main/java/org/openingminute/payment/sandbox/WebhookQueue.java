package org.openingminute.payment.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.TraceContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Stores webhooks from the transaction of their event until they are delivered. */
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

    /** A webhook to be stored with its session. */
    record NewDelivery(
            UUID event,
            String body,
            String state,
            Instant deliverAt,
            @Nullable String traceparent) {}

    /** Creates the webhooks that report a session's state, with the configured faults applied. */
    List<NewDelivery> deliveries(String type, SandboxSession session) {
        Faults.Webhook ordered = faults.ordered().webhook();
        UUID id = ids.next();
        String body = json.writeValueAsString(new Event(id, type, clock.instant(), session));
        return Stream.generate(() -> delivery(id, body, ordered))
                .limit(Faults.happens(ordered.duplicateRate()) ? 2 : 1)
                .toList();
    }

    private NewDelivery delivery(UUID id, String body, Faults.Webhook ordered) {
        Duration delay = Duration.ofMillis(ordered.delayMs());
        if (ordered.shuffle()) {
            delay = delay.plusMillis(ThreadLocalRandom.current().nextLong(SHUFFLED_WITHIN.toMillis()));
        }
        return new NewDelivery(
                id,
                body,
                Faults.happens(ordered.dropRate()) ? "dropped" : "waiting",
                clock.instant().plus(delay),
                traces.parent());
    }

    /** Claims due webhooks for the duration of the lease. */
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

    /**
     * The outcome of a delivery.
     *
     * @param pause until the next attempt; {@code null} if it was delivered
     */
    record DeliveryOutcome(Delivery delivery, @Nullable Duration pause) {}

    /** Saves the outcomes of many deliveries at once. */
    void note(Collection<DeliveryOutcome> outcomes) {
        if (outcomes.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        jdbc.sql("""
                update sandbox.webhook
                   set state = case when again_at is null then 'delivered' else state end,
                       deliver_at = coalesce(again_at, deliver_at)
                  from unnest(?::bigint[], ?::timestamptz[]) as outcome (delivery, again_at)
                 where id = delivery and state = 'waiting'
                """)
                .param(outcomes.stream().map(one -> one.delivery().id()).toArray(Long[]::new))
                .param(outcomes.stream()
                        .map(one -> one.pause() == null
                                ? null
                                : now.plus(one.pause()).toString())
                        .toArray(String[]::new))
                .update();
    }
}
