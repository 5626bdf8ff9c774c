package org.openingminute.payment.checkout;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Leases the sessions that are due for a check. */
@Component
final class SessionRepository {

    /** Longer than the longest check. After that, any instance may try again. */
    private static final Duration LEASE = Duration.ofSeconds(20);

    private final JdbcClient jdbc;

    SessionRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param until the end of the lease */
    record Claimed(UUID id, UUID registration, Instant until) {}

    /** Claims due sessions for the duration of the lease. */
    List<Claimed> claim(Instant now, int limit) {
        return jdbc.sql("""
                update payment_open set due_at = ?
                 where (registration_id, id) in (
                       select registration_id, id from payment_open
                        where what = 'session' and due_at <= ?
                        order by due_at
                        limit ?
                          for update skip locked)
                returning id, registration_id, due_at
                """)
                .param(now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> new Claimed(
                        row.getObject("id", UUID.class),
                        row.getObject("registration_id", UUID.class),
                        row.getObject("due_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /**
     * Makes the check of these registrations' sessions due since an instant, unless a session has ended. Sessions that are being ended and
     * sessions of other providers become due as well, which costs the job one call each. All of them count as untried until the job claims
     * them.
     */
    void checkSoon(Collection<UUID> registrations, Instant since, Instant now) {
        jdbc.sql("""
                update payment_open set due_at = :since
                 where (registration_id, id) in (
                       select registration_id, id from payment_open
                        where registration_id = any(:registrations) and what = 'session' and due_at > :soon
                          for update skip locked)
                """)
                .param("since", since.atOffset(ZoneOffset.UTC))
                .param("soon", now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param("registrations", registrations.toArray(UUID[]::new))
                .update();
    }

    /** Postpones a session beyond its lease, unless it has changed since it was claimed. */
    void backOff(Claimed claimed, Instant until) {
        jdbc.sql("update payment_open set due_at = ? where registration_id = ? and id = ? and due_at = ?")
                .param(until.atOffset(ZoneOffset.UTC))
                .param(claimed.registration())
                .param(claimed.id())
                .param(claimed.until().atOffset(ZoneOffset.UTC))
                .update();
    }
}
