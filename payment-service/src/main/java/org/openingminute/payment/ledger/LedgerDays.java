package org.openingminute.payment.ledger;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.openingminute.messaging.Browse;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sums a conference's postings by day, in business time and the conference's time zone. */
@Repository
class LedgerDays {

    private static final String OF_CONFERENCE = """
              from ledger join payment on payment.registration_id = ledger.registration_id
             where payment.conference = :conference
            """;

    private final JdbcClient jdbc;

    LedgerDays(@Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The sums of a day in one currency, in minor units. A sum is negative if more returned than left.
     *
     * @param captured money that arrived, including surplus
     * @param refunded refunds, less those that were returned
     * @param disputed disputes, less those that were won
     * @param postings the number of postings
     */
    record DaySum(LocalDate day, String currency, long captured, long refunded, long disputed, long postings) {}

    /**
     * Returns the days with postings, newest first.
     *
     * @param to end of the span, exclusive
     */
    List<DaySum> of(String conference, Instant from, Instant to, ZoneId zone) {
        return jdbc.sql("""
                select (coalesce(ledger.at, ledger.posted_at) at time zone :zone)::date as day, ledger.currency,
                       coalesce(sum(amount) filter (where act = 'capture'), 0) as captured,
                       coalesce(sum(case act when 'refund' then amount when 'refund-returned' then -amount end), 0) as refunded,
                       coalesce(sum(case act when 'dispute-opened' then amount when 'dispute-won' then -amount end), 0) as disputed,
                       count(*) as postings
                """ + OF_CONFERENCE + """
                   and coalesce(ledger.at, ledger.posted_at) >= :from and coalesce(ledger.at, ledger.posted_at) < :to
                 group by 1, 2
                 order by 1 desc, 2
                """)
                .param("conference", conference)
                .param("zone", zone.getId())
                .param("from", utc(from))
                .param("to", utc(to))
                .query((row, _) -> new DaySum(
                        row.getObject("day", LocalDate.class),
                        row.getString("currency"),
                        row.getLong("captured"),
                        row.getLong("refunded"),
                        row.getLong("disputed"),
                        row.getLong("postings")))
                .list();
    }

    /** Returns the time of the newest posting before an instant; empty if there is none. */
    Optional<Instant> newestBefore(String conference, Instant end) {
        return next(conference, end, "< :end order by coalesce(ledger.at, ledger.posted_at) desc");
    }

    /** Returns the time of the oldest posting at or after an instant; empty if there is none. */
    Optional<Instant> oldestFrom(String conference, Instant begin) {
        return next(conference, begin, ">= :end order by coalesce(ledger.at, ledger.posted_at)");
    }

    private Optional<Instant> next(String conference, Instant end, String order) {
        return jdbc.sql("select coalesce(ledger.at, ledger.posted_at)" + OF_CONFERENCE
                        + " and coalesce(ledger.at, ledger.posted_at) " + order + " limit 1")
                .param("conference", conference)
                .param("end", utc(end))
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
