package org.openingminute.payment.sandbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.lifecycle.Money;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Stores the sandbox's sessions, refunds and disputes. The lock on a session's row covers everything that belongs to the session. */
@Component
@RehearsalOnly
final class SandboxRepository {

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final String publicUrl;

    SandboxRepository(JdbcClient jdbc, JsonMapper json, PaymentServiceSettings settings) {
        this.jdbc = jdbc;
        this.json = json;
        this.publicUrl = settings.publicUrl();
    }

    record SandboxRefund(
            String id,
            String payment,
            Money amount,
            String state,
            @Nullable String reason) {}

    record SandboxPayment(
            long number,
            String session,
            String payment,
            UUID registration,
            UUID attempt,
            Instant at,
            Money captured,
            Money refunded,
            Money disputed) {}

    /** Inserts a session unless its key exists, and returns the stored session. */
    SandboxSession insert(
            String id, UUID key, UUID registration, Money amount, SandboxSession.Details details, Instant now) {
        return jdbc.sql("""
                insert into sandbox.session (id, key, registration, amount, currency, details, created_at)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (key) do nothing
                returning *
                """)
                .param(id)
                .param(key)
                .param(registration)
                .param(amount.amount())
                .param(amount.currency())
                .param(json.writeValueAsString(details))
                .param(utc(now))
                .query((row, _) -> session(row))
                .optional()
                .or(() -> byKey(key))
                .orElseThrow();
    }

    Optional<SandboxSession> find(String id) {
        return session("select * from sandbox.session where id = ?", id);
    }

    Optional<SandboxSession> byKey(UUID key) {
        return session("select * from sandbox.session where key = ?", key);
    }

    /** Returns a page of disputed sessions, in the order of their dispute's last change. */
    List<SandboxSession> disputed(Instant since) {
        return jdbc.sql("select * from sandbox.session where disputed_at >= ? order by disputed_at, id limit 100")
                .param(utc(since))
                .query((row, _) -> session(row))
                .list();
    }

    /** Locks a session until the end of the transaction. */
    Optional<SandboxSession> lock(String id) {
        return session("select * from sandbox.session where id = ? for update", id);
    }

    Optional<SandboxSession> lockPayment(String payment) {
        return session("select * from sandbox.session where payment = ? for update", payment);
    }

    private Optional<SandboxSession> session(String sql, Object parameter) {
        return jdbc.sql(sql).param(parameter).query((row, _) -> session(row)).optional();
    }

    private SandboxSession session(ResultSet row) throws SQLException {
        String id = row.getString("id");
        OffsetDateTime disputeAt = row.getObject("dispute_at", OffsetDateTime.class);
        return new SandboxSession(
                id,
                row.getObject("key", UUID.class),
                row.getObject("registration", UUID.class),
                publicUrl + "/sandbox/checkout/" + id,
                SandboxSession.SandboxState.valueOf(row.getString("state")),
                money(row),
                new Money(row.getLong("refunded"), row.getString("currency")),
                Arrays.stream(json.readValue(row.getString("attempts"), StoredAttempt[].class))
                        .map(StoredAttempt::attempt)
                        .toList(),
                Arrays.stream(json.readValue(row.getString("disputes"), StoredDispute[].class))
                        .map(StoredDispute::dispute)
                        .toList(),
                json.readValue(row.getString("details"), SandboxSession.Details.class),
                disputeAt == null ? null : disputeAt.toInstant());
    }

    /** An attempt and its card, which the API does not show. */
    private record StoredAttempt(
            String id,
            Instant at,
            SandboxSession.Outcome outcome,
            @Nullable String reason,
            String card) {

        static StoredAttempt of(SandboxSession.SandboxAttempt one) {
            return new StoredAttempt(one.id(), one.at(), one.outcome(), one.reason(), one.card());
        }

        SandboxSession.SandboxAttempt attempt() {
            return new SandboxSession.SandboxAttempt(id, at, outcome, reason, card);
        }
    }

    /** A dispute in the form that every version reads, without derived fields. */
    private record StoredDispute(
            String id,
            String payment,
            Money amount,
            String state,
            Instant at,
            @Nullable Instant endedAt) {

        static StoredDispute of(SandboxSession.SandboxDispute one) {
            return new StoredDispute(one.id(), one.payment(), one.amount(), one.state(), one.at(), one.endedAt());
        }

        SandboxSession.SandboxDispute dispute() {
            return SandboxSession.SandboxDispute.of(id, payment, amount, state, at, endedAt);
        }
    }

    /** Saves a locked session and the webhooks that report it. */
    void save(SandboxSession session, List<WebhookQueue.NewDelivery> reports) {
        Optional<SandboxSession.SandboxAttempt> captured = session.last(SandboxSession.Outcome.captured);
        jdbc.sql("""
                with reported as (
                     insert into sandbox.webhook (event_id, body, state, deliver_at, traceparent)
                     select * from unnest(?::uuid[], ?::text[], ?::text[], ?::timestamptz[], ?::text[]))
                update sandbox.session
                   set state = ?, refunded = ?, attempts = ?, disputes = ?, dispute_at = ?, disputed_at = ?, payment = ?,
                       captured_at = ?,
                       payment_number = case when state <> 'captured' and ? then nextval('sandbox.payment_number')
                                             else payment_number end
                 where id = ?
                """)
                .param(reports.stream().map(WebhookQueue.NewDelivery::event).toArray(UUID[]::new))
                .param(reports.stream().map(WebhookQueue.NewDelivery::body).toArray(String[]::new))
                .param(reports.stream().map(WebhookQueue.NewDelivery::state).toArray(String[]::new))
                .param(reports.stream().map(one -> one.deliverAt().toString()).toArray(String[]::new))
                .param(reports.stream()
                        .map(WebhookQueue.NewDelivery::traceparent)
                        .toArray(String[]::new))
                .param(session.state().name())
                .param(session.refunded().amount())
                .param(json.writeValueAsString(
                        session.attempts().stream().map(StoredAttempt::of).toList()))
                .param(json.writeValueAsString(
                        session.disputes().stream().map(StoredDispute::of).toList()))
                .param(orNull(session.disputeAt()))
                .param(session.disputes().stream()
                        .map(one -> utc(Objects.requireNonNullElse(one.endedAt(), one.at())))
                        .max(OffsetDateTime::compareTo)
                        .orElse(null))
                .param(captured.map(SandboxSession.SandboxAttempt::id).orElse(null))
                .param(captured.map(one -> utc(one.at())).orElse(null))
                .param(session.state() == SandboxSession.SandboxState.captured)
                .param(session.id())
                .update();
    }

    Optional<SandboxRefund> refund(UUID key) {
        return jdbc.sql("select * from sandbox.refund where key = ?")
                .param(key)
                .query((row, _) -> new SandboxRefund(
                        row.getString("id"),
                        row.getString("payment"),
                        money(row),
                        row.getString("state"),
                        row.getString("reason")))
                .optional();
    }

    void insertRefund(UUID key, SandboxRefund refund, Instant now) {
        jdbc.sql("""
                insert into sandbox.refund (id, key, payment, amount, currency, state, reason, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .param(refund.id())
                .param(key)
                .param(refund.payment())
                .param(refund.amount().amount())
                .param(refund.amount().currency())
                .param(refund.state())
                .param(refund.reason())
                .param(utc(now))
                .update();
    }

    /** Returns the sessions whose dispute is due. */
    List<String> toDispute(Instant now) {
        return jdbc.sql("select id from sandbox.session where dispute_at <= ? limit 50")
                .param(utc(now))
                .query((row, _) -> row.getString("id"))
                .list();
    }

    /** Returns payments in the order of their captures. */
    List<SandboxPayment> payments(Instant since, long after, int limit) {
        return jdbc.sql("""
                select payment_number, id, payment, registration, key, captured_at, amount, refunded, currency,
                       coalesce((select sum((d #>> '{amount,amount}')::bigint) from jsonb_array_elements(disputes::jsonb) d
                                  where d ->> 'state' <> 'won'), 0)::bigint as disputed
                  from sandbox.session
                 where payment_number > ? and captured_at >= ?
                 order by payment_number
                 limit ?
                """)
                .param(after)
                .param(utc(since))
                .param(limit)
                .query((row, _) -> {
                    String currency = row.getString("currency");
                    return new SandboxPayment(
                            row.getLong("payment_number"),
                            row.getString("id"),
                            row.getString("payment"),
                            row.getObject("registration", UUID.class),
                            row.getObject("key", UUID.class),
                            instant(row, "captured_at"),
                            money(row),
                            new Money(row.getLong("refunded"), currency),
                            new Money(row.getLong("disputed"), currency));
                })
                .list();
    }

    private static Money money(ResultSet row) throws SQLException {
        return new Money(row.getLong("amount"), row.getString("currency"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable OffsetDateTime orNull(@Nullable Instant instant) {
        return instant == null ? null : utc(instant);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
