package org.openingminute.registration.admission;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openingminute.registration.inventory.QuotaKey;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads a sale without its lock, in one statement, so that all values are from the same instant. */
@Repository
public class SaleReader {

    /**
     * The most keys that are read at once, plus those admitted together with the last of them; a reader that is further
     * behind polls again.
     */
    private static final int AT_ONCE = 20_000;

    private final JdbcClient jdbc;

    SaleReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The state of a sale at one instant.
     *
     * @param business the time by which a sale is judged, at that instant
     * @param revision the conference's revision
     * @param sums held and sold of each quota
     * @param newKeys hashes of the keys that were admitted after the requested instant
     * @param newestKey the instant of the last of them, or the requested instant if there is none
     * @param caughtUp whether these are all of them
     */
    public record SalePoll(
            Instant business,
            long revision,
            Map<QuotaKey, Integer> sums,
            List<Long> newKeys,
            Instant newestKey,
            boolean caughtUp) {}

    /**
     * Polls the sale.
     *
     * @param after the time of the last batch whose keys are already known
     */
    SalePoll poll(String conference, Instant after) {
        return poll(conference, after, AT_ONCE);
    }

    public SalePoll poll(String conference, Instant after, int atOnce) {
        Map<QuotaKey, Integer> sums = new HashMap<>();
        List<Long> keys = new ArrayList<>();
        Instant[] times = {Instant.EPOCH, after};
        long[] revision = {0};
        jdbc.sql("""
                select 'now' as what, null as code, revision as number,
                       clock_timestamp() + coalesce((select offset_millis from rehearsal_clock), 0)
                                         * interval '1 millisecond' as at
                  from conference where slug = :conference
                union all
                select 'quota', code, held + sold, null from quota where conference = :conference
                union all
                (select 'key', null, fingerprint, admitted_at
                   from idempotency
                  where scope = :scope and admitted_at > :after and admitted_at > clock_timestamp() - interval '25 hours'
                  order by admitted_at fetch first :limit rows with ties)
                """)
                .param("conference", conference)
                .param("scope", "register:" + conference)
                .param("after", after.atOffset(ZoneOffset.UTC))
                .param("limit", atOnce)
                .query(row -> {
                    switch (row.getString("what")) {
                        case "now" -> {
                            revision[0] = row.getLong("number");
                            times[0] = row.getObject("at", OffsetDateTime.class).toInstant();
                        }
                        case "quota" -> sums.put(QuotaKey.of(row.getString("code")), row.getInt("number"));
                        default -> {
                            keys.add(row.getLong("number"));
                            times[1] = row.getObject("at", OffsetDateTime.class).toInstant();
                        }
                    }
                });
        return new SalePoll(times[0], revision[0], sums, keys, times[1], keys.size() < atOnce);
    }
}
