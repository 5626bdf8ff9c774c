package org.openingminute.registration.registrations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.operations.MessagingStatus;
import org.openingminute.registration.registrations.HoldGrace.LastProgress;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores payment-service's last progress report, by which every instance decides whether ended holds are kept. */
@Repository
public class PaymentProgressRepository {

    private final JdbcClient jdbc;

    PaymentProgressRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Replaces the stored report by one that was read now. */
    void note(PaymentProgressListener.Progress progress) {
        jdbc.sql("""
                insert into payment_progress as last
                       (as_of, oldest_unsent_seconds, oldest_untried_seconds, read_at, clear_since)
                select :asOf, :unsent, :untried, now, case when greatest(:unsent, :untried) <= :late then now end
                  from (select clock_timestamp() as now) as clock
                on conflict (only_row) do update
                   set as_of = excluded.as_of, oldest_unsent_seconds = excluded.oldest_unsent_seconds,
                       oldest_untried_seconds = excluded.oldest_untried_seconds, read_at = excluded.read_at,
                       clear_since = case when last.read_at < excluded.read_at - :late * interval '1 second'
                                          then excluded.clear_since
                                          when excluded.clear_since is not null
                                          then least(last.clear_since, excluded.clear_since) end
                """)
                .param("asOf", progress.asOf().atOffset(ZoneOffset.UTC))
                .param("unsent", progress.oldestUnsentSeconds())
                .param("untried", progress.oldestUntriedSeconds())
                .param("late", HoldGrace.LATE.toSeconds())
                .update();
    }

    /** Returns the stored report; empty if there never was one. */
    public Optional<LastProgress> last() {
        return jdbc.sql("select * from payment_progress")
                .query((row, _) -> last(row))
                .optional();
    }

    /** Returns why ended holds with an amount due are kept; empty if they may end. */
    public Optional<HoldGrace> holdGrace(MessagingStatus.Broker broker) {
        return jdbc.sql("""
                select clock_timestamp() as now, replaced_at, payment_progress.*
                  from (select case when restored is not null then since end as replaced_at
                          from database_incarnation order by number desc limit 1) as incarnation
                  left join payment_progress on true
                """)
                .query((row, _) -> HoldGrace.of(
                        broker,
                        instantOrNull(row, "replaced_at"),
                        row.getObject("as_of") == null ? Optional.empty() : Optional.of(last(row)),
                        instant(row, "now")))
                .single();
    }

    private static LastProgress last(ResultSet row) throws SQLException {
        return new LastProgress(
                instant(row, "as_of"),
                row.getDouble("oldest_unsent_seconds"),
                row.getDouble("oldest_untried_seconds"),
                instant(row, "read_at"),
                instantOrNull(row, "clear_since"));
    }

    private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        return row.getObject(column) == null ? null : instant(row, column);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
