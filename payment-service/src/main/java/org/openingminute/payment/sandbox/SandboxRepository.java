package org.openingminute.payment.sandbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.lifecycle.Money;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The sandbox's sessions, refunds and disputes on disk. A session's row is the lock for what belongs to it. */
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

    /** Inserts a session unless there is one with its key. */
    void insert(String id, UUID key, UUID registration, Money amount, SandboxSession.Details details, Instant now) {
        jdbc.sql("""
                insert into sandbox.session (id, key, registration, amount, currency, details, created_at)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (key) do nothing
                """)
                .param(id)
                .param(key)
                .param(registration)
                .param(amount.amount())
                .param(amount.currency())
                .param(json.writeValueAsString(details))
                .param(utc(now))
                .update();
    }

    Optional<SandboxSession> find(String id) {
        return session("select * from sandbox.session where id = ?", id);
    }

    Optional<SandboxSession> byKey(UUID key) {
        return session("select * from sandbox.session where key = ?", key);
    }

    /** Some at a time, ordered by the last change of the dispute. */
    List<SandboxSession> disputed(Instant since) {
        return jdbc.sql("""
                select s.*
                  from sandbox.session s
                  join (select session, max(coalesce(ended_at, opened_at)) as changed_at
                          from sandbox.dispute where coalesce(ended_at, opened_at) >= ? group by session) d
                    on d.session = s.id
                 order by d.changed_at, s.id
                 limit 100
                """).param(utc(since)).query((row, _) -> session(row)).list().stream()
                .map(this::complete)
                .toList();
    }

    /** Locks the session, so that no other transaction changes it until the end of this one. */
    Optional<SandboxSession> lock(String id) {
        jdbc.sql("select 1 from sandbox.session where id = ? for update")
                .param(id)
                .query()
                .listOfRows();
        return find(id);
    }

    Optional<String> sessionOf(String payment) {
        return jdbc.sql("select session from sandbox.try where id = ? and outcome = 'captured'")
                .param(payment)
                .query(String.class)
                .optional();
    }

    private Optional<SandboxSession> session(String sql, Object parameter) {
        return jdbc.sql(sql)
                .param(parameter)
                .query((row, _) -> session(row))
                .optional()
                .map(this::complete);
    }

    /** The session's own row, without what belongs to it. */
    private SandboxSession session(ResultSet row) throws SQLException {
        String id = row.getString("id");
        String currency = row.getString("currency");
        return new SandboxSession(
                id,
                row.getObject("key", UUID.class),
                row.getObject("registration", UUID.class),
                publicUrl + "/sandbox/checkout/" + id,
                SandboxSession.SandboxState.valueOf(row.getString("state")),
                money(row),
                new Money(row.getLong("refunded"), currency),
                List.of(),
                List.of(),
                json.readValue(row.getString("details"), SandboxSession.Details.class));
    }

    /** Not for a row mapper: it holds a connection, and outside a transaction these queries need another. */
    private SandboxSession complete(SandboxSession session) {
        return session.with(attempts(session.id()), disputes(session.id()));
    }

    private List<SandboxSession.SandboxAttempt> attempts(String session) {
        return jdbc.sql("select * from sandbox.try where session = ? order by tried_at, id")
                .param(session)
                .query((row, _) -> new SandboxSession.SandboxAttempt(
                        row.getString("id"),
                        instant(row, "tried_at"),
                        SandboxSession.Outcome.valueOf(row.getString("outcome")),
                        row.getString("reason"),
                        row.getString("card")))
                .list();
    }

    private List<SandboxSession.SandboxDispute> disputes(String session) {
        return jdbc.sql("select * from sandbox.dispute where session = ? order by opened_at, id")
                .param(session)
                .query((row, _) -> {
                    OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
                    return new SandboxSession.SandboxDispute(
                            row.getString("id"),
                            row.getString("payment"),
                            money(row),
                            row.getString("state"),
                            instant(row, "opened_at"),
                            ended == null ? null : ended.toInstant());
                })
                .list();
    }

    void setState(String session, SandboxSession.SandboxState state) {
        jdbc.sql("update sandbox.session set state = ? where id = ?")
                .param(state.name())
                .param(session)
                .update();
    }

    void setPaid(String session, TestCard card, @Nullable Instant disputeAt) {
        jdbc.sql("""
                update sandbox.session
                   set state = 'captured', card = ?, dispute_at = ?, payment_number = nextval('sandbox.payment_number')
                 where id = ?
                """)
                .param(card.number())
                .param(disputeAt == null ? null : utc(disputeAt))
                .param(session)
                .update();
    }

    void insertAttempt(String session, SandboxSession.SandboxAttempt one) {
        jdbc.sql("insert into sandbox.try (id, session, tried_at, card, outcome, reason) values (?, ?, ?, ?, ?, ?)")
                .param(one.id())
                .param(session)
                .param(utc(one.at()))
                .param(one.card())
                .param(one.outcome().name())
                .param(one.reason())
                .update();
    }

    void endAttempt(String id, SandboxSession.Outcome outcome, @Nullable String reason, Instant at) {
        jdbc.sql("update sandbox.try set outcome = ?, reason = ?, tried_at = ? where id = ?")
                .param(outcome.name())
                .param(reason)
                .param(utc(at))
                .param(id)
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

    void insertRefund(UUID key, SandboxRefund refund, String session, Instant now) {
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
        if (refund.state().equals("done")) {
            jdbc.sql("update sandbox.session set refunded = refunded + ? where id = ?")
                    .param(refund.amount().amount())
                    .param(session)
                    .update();
        }
    }

    /** Sessions whose payer's bank is due to dispute them. */
    List<String> toDispute(Instant now) {
        return jdbc.sql("select id from sandbox.session where dispute_at <= ? limit 50")
                .param(utc(now))
                .query((row, _) -> row.getString("id"))
                .list();
    }

    /** Returns false if another instance has opened it, or nothing is left to dispute. */
    boolean beginDispute(String session) {
        return jdbc.sql("update sandbox.session set dispute_at = null where id = ? and dispute_at is not null")
                        .param(session)
                        .update()
                == 1;
    }

    void insertDispute(String session, SandboxSession.SandboxDispute dispute) {
        jdbc.sql("""
                insert into sandbox.dispute (id, session, payment, amount, currency, state, opened_at)
                values (?, ?, ?, ?, ?, ?, ?)
                """)
                .param(dispute.id())
                .param(session)
                .param(dispute.payment())
                .param(dispute.amount().amount())
                .param(dispute.amount().currency())
                .param(dispute.state())
                .param(utc(dispute.at()))
                .update();
    }

    void endDispute(String id, boolean won, Instant now) {
        jdbc.sql("update sandbox.dispute set state = ?, ended_at = ? where id = ?")
                .param(won ? "won" : "lost")
                .param(utc(now))
                .param(id)
                .update();
    }

    /** Payments in the order of their captures. */
    List<SandboxPayment> payments(Instant since, long after, int limit) {
        return jdbc.sql("""
                select payment_number, s.id, t.id as payment, registration, key, t.tried_at, amount, refunded, currency,
                       coalesce((select sum(d.amount) from sandbox.dispute d
                                  where d.session = s.id and d.state <> 'won'), 0)::bigint as disputed
                  from sandbox.session s join sandbox.try t on t.session = s.id and t.outcome = 'captured'
                 where payment_number > ? and t.tried_at >= ?
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
                            instant(row, "tried_at"),
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

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
