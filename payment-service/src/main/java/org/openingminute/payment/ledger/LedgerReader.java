package org.openingminute.payment.ledger;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.openingminute.messaging.Browse;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads a conference's postings page by page; no connection or transaction is held between two pages. */
@Repository
class LedgerReader {

    private static final int PAGE = 1_000;

    private final JdbcClient jdbc;

    LedgerReader(@Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A posting.
     *
     * @param at business time; machine time for postings from before business time was stored
     * @param reference the registration's
     * @param about id of the capture, refund or dispute
     */
    record Entry(
            long id,
            Instant at,
            UUID registration,
            String reference,
            String act,
            String debit,
            String credit,
            long amount,
            String currency,
            UUID about) {}

    /** Iterates over the postings of a span in the order of their times. Each call returns the next page; an empty page marks the end. */
    Supplier<List<Entry>> walk(String conference, LedgerSpan span) {
        return new Walk(conference, span);
    }

    private final class Walk implements Supplier<List<Entry>> {

        private final String conference;
        private final String to;
        private String at;
        private long id;

        Walk(String conference, LedgerSpan span) {
            this.conference = conference;
            this.at = span.from() == null ? "-infinity" : span.from().toString();
            this.to = span.to() == null ? "infinity" : span.to().toString();
        }

        @Override
        public List<Entry> get() {
            List<Entry> page = jdbc.sql("""
                    select l.id, coalesce(l.at, l.posted_at) as at, l.registration_id, l.act, l.debit, l.credit, l.amount, l.currency,
                           l.about, coalesce(p.request::json ->> 'reference', '') as reference
                      from ledger l join payment p on p.registration_id = l.registration_id
                     where p.conference = :conference
                       and (coalesce(l.at, l.posted_at), l.id) > (:at::timestamptz, :id)
                       and coalesce(l.at, l.posted_at) < :to::timestamptz
                     order by coalesce(l.at, l.posted_at), l.id
                     limit :limit
                    """)
                    .param("conference", conference)
                    .param("at", at)
                    .param("id", id)
                    .param("to", to)
                    .param("limit", PAGE)
                    .query((row, _) -> new Entry(
                            row.getLong("id"),
                            row.getObject("at", OffsetDateTime.class).toInstant(),
                            row.getObject("registration_id", UUID.class),
                            row.getString("reference"),
                            row.getString("act"),
                            row.getString("debit"),
                            row.getString("credit"),
                            row.getLong("amount"),
                            row.getString("currency"),
                            row.getObject("about", UUID.class)))
                    .list();
            if (!page.isEmpty()) {
                at = page.getLast().at().toString();
                id = page.getLast().id();
            }
            return page;
        }
    }
}
