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
                update payment_session set next_at = ?
                 where id in (
                       select id from payment_session
                        where state in ('opening', 'open', 'ending') and next_at <= ?
                        order by next_at
                        limit ?
                          for update skip locked)
                returning id, registration_id, next_at
                """)
                .param(now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .param(limit)
                .query((row, _) -> new Claimed(
                        row.getObject("id", UUID.class),
                        row.getObject("registration_id", UUID.class),
                        row.getObject("next_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Makes the check of a provider's sessions due since an instant, if no capture is known. */
    void checkSoon(String provider, Collection<UUID> registrations, Instant since, Instant now) {
        jdbc.sql("""
                update payment_session set next_at = :since
                 where provider = :provider and registration_id = any(:registrations) and state = 'open' and next_at > :soon
                """)
                .param("since", since.atOffset(ZoneOffset.UTC))
                .param("soon", now.plus(LEASE).atOffset(ZoneOffset.UTC))
                .param("provider", provider)
                .param("registrations", registrations.toArray(UUID[]::new))
                .update();
    }

    /** Leaves a session alone for longer than the lease, unless it has changed since it was claimed. */
    void backOff(Claimed claimed, Instant until) {
        jdbc.sql("update payment_session set next_at = ? where id = ? and next_at = ?")
                .param(until.atOffset(ZoneOffset.UTC))
                .param(claimed.id())
                .param(claimed.until().atOffset(ZoneOffset.UTC))
                .update();
    }

    void checkAgain(UUID id, Instant at) {
        jdbc.sql("update payment_session set next_at = ? where id = ? and state in ('opening', 'open')")
                .param(at.atOffset(ZoneOffset.UTC))
                .param(id)
                .update();
    }
}
