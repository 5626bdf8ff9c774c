package org.openingminute.registration.admission;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.inventory.QuotaKey;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads a sale without its lock, in one statement, so that all values are from the same instant. */
@Repository
public class SaleReader {

    /** The most keys read at once, plus those admitted together with the last one. A reader that is further behind polls again. */
    private static final int AT_ONCE = 20_000;

    private final JdbcClient jdbc;

    SaleReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The state of a sale at one instant.
     *
     * @param business the time by which a batch would judge the sale at that instant
     * @param judged the time by which the last batch judged it
     * @param revision the conference's revision
     * @param clockEpoch changes whenever the times of batches may have gone back, because the clock was set back or the database is another
     *     incarnation; keys admitted before and after such a change are not in the order of their times
     * @param sums held and sold seats of each quota
     * @param newKeys hashes of the keys that were admitted after the requested instant
     * @param keysUpTo the instant up to which {@code newKeys} is complete
     * @param caughtUp whether that instant is the time of the last batch
     */
    public record SalePoll(
            Instant business,
            Instant judged,
            long revision,
            long clockEpoch,
            Map<QuotaKey, Integer> sums,
            List<Long> newKeys,
            Instant keysUpTo,
            boolean caughtUp) {}

    /**
     * Polls the sale.
     *
     * @param after the instant up to which all keys are already known
     */
    SalePoll poll(String conference, Instant after) {
        return poll(conference, after, AT_ONCE);
    }

    public SalePoll poll(String conference, Instant after, int atOnce) {
        Map<QuotaKey, Integer> sums = new HashMap<>();
        List<Long> keys = new ArrayList<>();
        Map<String, Long> numbers = new HashMap<>();
        Map<String, Instant> times = new HashMap<>();
        jdbc.sql("""
                select 'now' as what, null as code, revision as number, clock_timestamp() as at
                  from conference where slug = :conference
                union all
                select 'judged', null, sequences_begin() + set_backs, judged_at from inventory where conference = :conference
                union all
                select 'offset', null, offset_millis, null from rehearsal_clock
                union all
                select 'quota', code, held + sold, null from quota where conference = :conference
                union all
                (select 'key', null, fingerprint, admitted_at
                   from idempotency
                  where scope = :scope and admitted_at > :after
                    and admitted_at <= (select judged_at from inventory where conference = :conference)
                    and admitted_at > clock_timestamp() - interval '25 hours'
                  order by admitted_at fetch first :limit rows with ties)
                """)
                .param("conference", conference)
                .param("scope", scope(conference))
                .param("after", after.atOffset(ZoneOffset.UTC))
                .param("limit", atOnce)
                .query(row -> {
                    String what = row.getString("what");
                    switch (what) {
                        case "quota" -> sums.put(QuotaKey.of(row.getString("code")), row.getInt("number"));
                        case "key" -> {
                            keys.add(row.getLong("number"));
                            times.put(
                                    what,
                                    row.getObject("at", OffsetDateTime.class).toInstant());
                        }
                        case "offset" -> numbers.put(what, row.getLong("number"));
                        default -> {
                            numbers.put(what, row.getLong("number"));
                            times.put(
                                    what,
                                    row.getObject("at", OffsetDateTime.class).toInstant());
                        }
                    }
                });
        Instant judgedAt = times.getOrDefault("judged", after);
        boolean caughtUp = keys.size() < atOnce;
        long offset = numbers.getOrDefault("offset", 0L);
        return new SalePoll(
                SaleState.BatchTime.after(judgedAt, times.getOrDefault("now", Instant.EPOCH))
                        .machine()
                        .plusMillis(offset),
                judgedAt.plusMillis(offset),
                numbers.getOrDefault("now", 0L),
                numbers.getOrDefault("judged", 0L),
                sums,
                keys,
                caughtUp && judgedAt.isAfter(after) ? judgedAt : times.getOrDefault("key", after),
                caughtUp);
    }

    /** Returns the hashes of keys dated later than the last batch: they were admitted before the clock was set back. */
    List<Long> keysDatedAhead(String conference) {
        return jdbc.sql("""
                select fingerprint from idempotency
                 where scope = ? and admitted_at > (select judged_at from inventory where conference = ?)
                """)
                .param(scope(conference))
                .param(conference)
                .query((row, _) -> row.getLong("fingerprint"))
                .list();
    }

    private static String scope(String conference) {
        return "register:" + conference;
    }
}
