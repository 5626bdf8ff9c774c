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

/** The sessions that are due for a check; an instance leases them. */
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

    /** Claims due sessions for the time of the lease. */
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
     * Makes the check of these registrations' sessions due since an instant, if one has not ended; those that are just being ended and
     * those of other providers, too, which costs a call of the job. All count as untried until it has claimed them.
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

    /** Leaves a session alone for longer than the lease, unless it has changed since it was claimed. */
    void backOff(Claimed claimed, Instant until) {
        jdbc.sql("update payment_open set due_at = ? where registration_id = ? and id = ? and due_at = ?")
                .param(until.atOffset(ZoneOffset.UTC))
                .param(claimed.registration())
                .param(claimed.id())
                .param(claimed.until().atOffset(ZoneOffset.UTC))
                .update();
    }
}
