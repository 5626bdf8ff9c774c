package org.openingminute.registration.conferences;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Browse;
import org.openingminute.registration.inventory.QuotaKey;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the allocated amount of each quota, and the counts that batches keep. */
@Repository
public class AllocationRepository {

    private final JdbcClient jdbc;

    AllocationRepository(@Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns the sum of held and sold seats of each quota. */
    Map<QuotaKey, Integer> sums(String conference) {
        Map<QuotaKey, Integer> sums = new HashMap<>();
        jdbc.sql("select code, held + sold as sum from quota where conference = ?")
                .param(conference)
                .query(rs -> {
                    sums.put(QuotaKey.of(rs.getString("code")), rs.getInt("sum"));
                });
        return sums;
    }

    /** The allocated amount of one quota. */
    record Count(int held, int sold) {
        static final Count NONE = new Count(0, 0);
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

    /** Returns the number of registrations whose captured money has neither a seat nor a refund in progress. */
    public long capturesWithoutSeatOrRefund() {
        return jdbc.sql("""
                select count(*) from registration where unanswered
                """).query(Long.class).single();
    }

    /** The registrations made on each day in the conference's time zone, and how many of them are confirmed by now. */
    record Day(String day, long registrations, long confirmed) {}

    /**
     * A conference's allocated amounts, days and money at the same instant.
     *
     * @param captured in minor units, as {@code refunded}
     */
    record Sold(Map<QuotaKey, Count> counts, List<Day> byDay, long captured, long refunded) {}

    /** Reads what was sold, in one statement. */
    Sold sold(String conference, String zone) {
        return jdbc.sql("""
                select code, null as day, held, sold, null as registrations, null as confirmed, null as captured, null as refunded
                  from quota where conference = :conference
                union all
                select null, to_char(made_from at time zone :zone, 'YYYY-MM-DD'), null, null,
                       sum(registrations), sum(confirmed), sum(captured), sum(refunded)
                  from sale_count where conference = :conference
                 group by 2
                 order by day
                """).param("conference", conference).param("zone", zone).query((ResultSetExtractor<Sold>)
                AllocationRepository::sold);
    }

    private static Sold sold(ResultSet rs) throws SQLException {
        Map<QuotaKey, Count> counts = new HashMap<>();
        List<Day> days = new ArrayList<>();
        long captured = 0;
        long refunded = 0;
        while (rs.next()) {
            @Nullable String day = rs.getString("day");
            if (day == null) {
                counts.put(QuotaKey.of(rs.getString("code")), new Count(rs.getInt("held"), rs.getInt("sold")));
            } else {
                days.add(new Day(day, rs.getLong("registrations"), rs.getLong("confirmed")));
                captured += rs.getLong("captured");
                refunded += rs.getLong("refunded");
            }
        }
        return new Sold(counts, days, captured, refunded);
    }
}
