package org.openingminute.payment.webhooks;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.openingminute.payment.PaymentServiceSettings;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Until when providers were asked what they had told, and by which instance they are asked next. */
@Component
final class WatchRepository {

    private final JdbcClient jdbc;
    private final Duration askEvery;

    WatchRepository(JdbcClient jdbc, PaymentServiceSettings settings) {
        this.jdbc = jdbc;
        this.askEvery = settings.providersAskedEvery();
    }

    /**
     * Until when a provider was asked, if it is due to be asked again, and by us.
     *
     * @param what its name, alone for what became of captured money, else with what it is asked about behind it
     */
    Optional<Instant> claim(String what, Instant now) {
        jdbc.sql(
                        "insert into provider_watch (provider, disputes_until, next_at) values (?, ?, ?) on conflict do nothing")
                .param(what)
                .param(Instant.EPOCH.atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .update();
        return jdbc.sql("""
                update provider_watch set next_at = ? where provider = ? and next_at <= ? returning disputes_until
                """)
                .param(now.plus(askEvery).atOffset(ZoneOffset.UTC))
                .param(what)
                .param(now.atOffset(ZoneOffset.UTC))
                .query((row, _) ->
                        row.getObject("disputes_until", OffsetDateTime.class).toInstant())
                .optional();
    }

    void askedUntil(String what, Instant until) {
        jdbc.sql("update provider_watch set disputes_until = greatest(disputes_until, ?) where provider = ?")
                .param(until.atOffset(ZoneOffset.UTC))
                .param(what)
                .update();
    }
}
