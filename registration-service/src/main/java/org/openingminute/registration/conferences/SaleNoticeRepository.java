package org.openingminute.registration.conferences;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.SaleState;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/** Stores published sale notices. */
@Repository
class SaleNoticeRepository {

    /** Short, because the job that ends holds uses the same thread; notices are retried a second later. */
    private static final Duration LOCK_WAIT = Duration.ofMillis(100);

    private final JdbcClient jdbc;
    private final OrderLocks locks;
    private final ConferenceCache conferences;

    SaleNoticeRepository(JdbcClient jdbc, OrderLocks locks, ConferenceCache conferences) {
        this.jdbc = jdbc;
        this.locks = locks;
        this.conferences = conferences;
    }

    /**
     * A conference for which a notice may be due.
     *
     * @param now business time, by the database's clock
     * @param offset of business time from that clock, in milliseconds
     */
    record Due(String slug, Instant now, long offset) {}

    List<Due> due() {
        return jdbc.sql("""
                select slug, now + moved * interval '1 millisecond' as business, moved
                  from conference, (select clock_timestamp() as now, coalesce((select offset_millis from rehearsal_clock), 0) as moved)
                 where notices_due_at <= now + moved * interval '1 millisecond'
                 order by notices_due_at, slug
                """)
                .query((row, _) -> new Due(row.getString("slug"), business(row), row.getLong("moved")))
                .list();
    }

    /** Marks all conferences to be checked at once. */
    void markAllDue() {
        jdbc.sql("update conference set notices_due_at = '-infinity' where notices_due_at > '-infinity'")
                .update();
    }

    /** Sets when a conference is checked again, unless the conference or the offset has changed since they were read. */
    void scheduleCheck(Due due, Conference conference, Instant at) {
        jdbc.sql("""
                update conference set notices_due_at = ?
                 where slug = ? and revision = ? and coalesce((select offset_millis from rehearsal_clock), 0) = ?
                """)
                .param(at.equals(Instant.MAX) ? OffsetDateTime.MAX : at.atOffset(ZoneOffset.UTC))
                .param(conference.slug())
                .param(conference.revision())
                .param(due.offset())
                .update();
    }

    private static Instant business(ResultSet row) throws SQLException {
        return row.getObject("business", OffsetDateTime.class).toInstant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** A conference and business time, both read under the lock. */
    record Judged(Conference conference, Instant now) {}

    /** Returns the published notices of a conference; read before locking, to see whether there is a new one. */
    Set<SaleNotice.SaleNoticeKey> published(String conference) {
        return Set.copyOf(jdbc.sql("select kind, phase from conference_news where conference = ?")
                .param(conference)
                .query((row, number) -> new SaleNotice.SaleNoticeKey(row.getString("kind"), row.getString("phase")))
                .list());
    }

    /**
     * Locks the row that orders all decisions about a conference; this must be the first statement of a transaction. An instance that halts
     * while holding the lock delays the sale no longer than a halted batch does.
     */
    OrderLock lock(String conference) {
        return locks.takeWithin(
                LOCK_WAIT,
                SaleState.LONGEST_BATCH,
                "select 1 from inventory where conference = ? for update",
                conference);
    }

    /** Reads the conference and business time; both are from after the wait for the lock. */
    Optional<Judged> judge(String conference) {
        record Now(long revision, Instant business) {}
        return jdbc.sql("""
                select revision, clock_timestamp() + coalesce((select offset_millis from rehearsal_clock), 0)
                                                   * interval '1 millisecond' as business
                  from conference where slug = ?
                """)
                .param(conference)
                .query((row, number) -> new Now(row.getLong("revision"), business(row)))
                .optional()
                .flatMap(now ->
                        conferences.at(conference, now.revision()).map(found -> new Judged(found, now.business())));
    }

    /** Records a notice as published; false if it already was. */
    boolean markPublished(String conference, SaleNotice notice) {
        return jdbc.sql("""
                insert into conference_news (conference, kind, phase, position, body)
                select ?, ?, ?, count(*) + 1, ?::json from conference_news where conference = ?
                on conflict (conference, kind, phase) do nothing
                """)
                        .param(conference)
                        .param(notice.key().kind())
                        .param(notice.key().phase())
                        .param(Documents.json(notice))
                        .param(conference)
                        .update()
                == 1;
    }

    /** Returns all published notices of a conference, oldest first. */
    List<JsonNode> all(String conference) {
        return jdbc.sql("select body from conference_news where conference = ? order by position")
                .param(conference)
                .query((row, number) -> Documents.tree(row.getString("body")))
                .list();
    }
}
