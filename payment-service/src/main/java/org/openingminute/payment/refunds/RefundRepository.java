package org.openingminute.payment.refunds;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Claims refunds that are due at a provider, and finds captures that wait for a decision. */
@Component
final class RefundRepository {

    /** Longer than the longest refund call. After that, any instance may try again. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    private final JdbcClient jdbc;

    RefundRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A refund that an instance has claimed.
     *
     * @param until the end of the lease
     * @param traceparent the trace of its command
     */
    record Claimed(
            UUID registration,
            UUID id,
            Instant until,
            @Nullable String traceparent) {}

    /** Claims due refunds for the duration of the lease. */
    List<Claimed> claim(Instant now, int limit) {
        return jdbc.sql("""
                update payment_open set due_at = ?
                 where (registration_id, id) in (
                       select registration_id, id from payment_open
                        where what = 'refund' and due_at <= ?
                        order by due_at
                        limit ?
                          for update skip locked)
                returning registration_id, id, due_at, traceparent
                """)
                .param(now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> new Claimed(
                        row.getObject("registration_id", UUID.class),
                        row.getObject("id", UUID.class),
                        row.getObject("due_at", OffsetDateTime.class).toInstant(),
                        row.getString("traceparent")))
                .list();
    }

    /** Postpones a refund beyond its lease, unless its due time has changed meanwhile, for instance because a dispute began. */
    void checkAgain(Claimed claimed, Instant at) {
        jdbc.sql("update payment_open set due_at = ? where registration_id = ? and id = ? and due_at = ?")
                .param(at.atOffset(ZoneOffset.UTC))
                .param(claimed.registration())
                .param(claimed.id())
                .param(claimed.until().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Returns registrations with a capture that is neither kept nor refunded and is due to be reported again; see {@code Capture}. */
    List<UUID> unanswered(Instant now, int limit) {
        return jdbc.sql("""
                select registration_id from payment_open
                 where what = 'answer' and due_at <= ?
                 group by registration_id
                 order by max(due_at) desc
                 limit ?
                """)
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> row.getObject("registration_id", UUID.class))
                .list();
    }
}
