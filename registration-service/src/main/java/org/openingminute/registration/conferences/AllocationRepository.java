package org.openingminute.registration.conferences;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Browse;
import org.openingminute.registration.inventory.QuotaKey;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the allocated amount of each quota. */
@Repository
public class AllocationRepository {

    private final JdbcClient jdbc;

    AllocationRepository(@Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Held and sold together. */
    Map<QuotaKey, Integer> sums(String conference) {
        Map<QuotaKey, Integer> sums = new HashMap<>();
        counts(conference).forEach((key, count) -> sums.put(key, count.held() + count.sold()));
        return sums;
    }

    /** The allocated amount of one quota. */
    record Count(int held, int sold) {
        static final Count NONE = new Count(0, 0);
    }

    Map<QuotaKey, Count> counts(String conference) {
        Map<QuotaKey, Count> counts = new HashMap<>();
        jdbc.sql("select code, held, sold from quota where conference = ?")
                .param(conference)
                .query(rs -> {
                    counts.put(QuotaKey.of(rs.getString("code")), new Count(rs.getInt("held"), rs.getInt("sold")));
                });
        return counts;
    }

    /** The allocated amounts of every conference, without those of vouchers, which may be thousands. */
    Map<String, Map<QuotaKey, Count>> countsWithoutVouchers() {
        Map<String, Map<QuotaKey, Count>> counts = new HashMap<>();
        jdbc.sql("select conference, code, held, sold from quota where code not like 'voucher:%'")
                .query(rs -> {
                    counts.computeIfAbsent(rs.getString("conference"), conference -> new HashMap<>())
                            .put(QuotaKey.of(rs.getString("code")), new Count(rs.getInt("held"), rs.getInt("sold")));
                });
        return counts;
    }

    /**
     * The number of registrations with a hold in all conferences, and the business time at which the first hold ends.
     */
    record LiveHolds(long number, @Nullable Instant firstEndsAt) {}

    LiveHolds liveHolds() {
        return jdbc.sql("""
                select count(*) as number, min(hold_expires_at) as first
                  from registration where hold_expires_at is not null
                """)
                .query((rs, row) -> {
                    @Nullable Timestamp first = rs.getTimestamp("first");
                    return new LiveHolds(rs.getLong("number"), first == null ? null : first.toInstant());
                })
                .single();
    }

    /** The number of registrations with captured money, but neither a seat nor a refund on its way. */
    public long capturesWithoutSeatOrRefund() {
        return jdbc.sql("""
                select count(*) from registration
                 where captured > 0 and status <> 'confirmed' and document -> 'money' ->> 'answered' is null
                """).query(Long.class).single();
    }

    /** Money of a conference, in minor units. */
    record Sums(long captured, long refunded) {}

    Sums money(String conference) {
        return jdbc.sql("""
                select coalesce(sum(captured), 0)::bigint as captured, coalesce(sum(refunded), 0)::bigint as refunded
                  from registration where conference = ?
                """)
                .param(conference)
                .query((rs, row) -> new Sums(rs.getLong("captured"), rs.getLong("refunded")))
                .single();
    }

    /** The registrations made on each day in the conference's time zone, and how many of them are confirmed by now. */
    record Day(String day, long registrations, long confirmed) {}

    List<Day> byDay(String conference, String zone) {
        return jdbc.sql("""
                select to_char(created_at at time zone ?, 'YYYY-MM-DD') as day, count(*) as registrations,
                       count(*) filter (where status = 'confirmed') as confirmed
                  from registration where conference = ?
                 group by 1 order by 1
                """)
                .param(zone)
                .param(conference)
                .query((rs, row) -> new Day(rs.getString("day"), rs.getLong("registrations"), rs.getLong("confirmed")))
                .list();
    }
}
