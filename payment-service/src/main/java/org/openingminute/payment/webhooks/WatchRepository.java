package org.openingminute.payment.webhooks;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openingminute.payment.PaymentServiceSettings;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores up to which instant each provider was polled, and which instance polls next. */
@Component
final class WatchRepository {

    private final JdbcClient jdbc;
    private final Duration pollEvery;

    WatchRepository(JdbcClient jdbc, PaymentServiceSettings settings) {
        this.jdbc = jdbc;
        this.pollEvery = settings.providersAskedEvery();
    }

    /**
     * Returns a scalar query for the instant at which the earliest of these polls is due.
     *
     * @param watched as for {@link #claim}
     */
    static String dueAt(Stream<String> watched) {
        return watched.collect(
                Collectors.joining("', '", "select min(next_at) from provider_watch where provider in ('", "')"));
    }

    /**
     * Claims a due poll. Returns the instant up to which the provider was polled; empty if no poll is due or another instance has claimed
     * it.
     *
     * @param what the provider's name; followed by the kind of poll, except for disputes and refunds
     */
    Optional<Instant> claim(String what, Instant now) {
        return jdbc.sql("""
                insert into provider_watch as watch (provider, disputes_until, next_at) values (?, ?, ?)
                on conflict (provider) do update set next_at = excluded.next_at where watch.next_at <= ?
                returning disputes_until
                """)
                .param(what)
                .param(Instant.EPOCH.atOffset(ZoneOffset.UTC))
                .param(now.plus(pollEvery).atOffset(ZoneOffset.UTC))
                .param(now.atOffset(ZoneOffset.UTC))
                .query((row, _) ->
                        row.getObject("disputes_until", OffsetDateTime.class).toInstant())
                .optional();
    }

    void polledUntil(String what, Instant until) {
        jdbc.sql("update provider_watch set disputes_until = greatest(disputes_until, ?) where provider = ?")
                .param(until.atOffset(ZoneOffset.UTC))
                .param(what)
                .update();
    }
}
