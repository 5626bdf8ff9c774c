package org.openingminute.payment.webhook;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Until when providers were asked about disputes, and by which instance they are asked next. */
@Component
final class WatchRepository {

    private static final Duration ASK_EVERY = Duration.ofSeconds(15);

    private final JdbcClient jdbc;

    WatchRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Until when a provider was asked, if it is due to be asked again, and by us. */
    Optional<Instant> claim(String provider, Instant now) {
        jdbc.sql(
                        "insert into provider_watch (provider, disputes_until, next_at) values (?, ?, ?) on conflict do nothing")
                .param(provider)
                .param(Instant.EPOCH.atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .update();
        return jdbc.sql("""
                update provider_watch set next_at = ? where provider = ? and next_at <= ? returning disputes_until
                """)
                .param(now.plus(ASK_EVERY).atOffset(ZoneOffset.UTC))
                .param(provider)
                .param(now.atOffset(ZoneOffset.UTC))
                .query((row, _) ->
                        row.getObject("disputes_until", OffsetDateTime.class).toInstant())
                .optional();
    }

    void askedUntil(String provider, Instant until) {
        jdbc.sql("update provider_watch set disputes_until = greatest(disputes_until, ?) where provider = ?")
                .param(until.atOffset(ZoneOffset.UTC))
                .param(provider)
                .update();
    }
}
