package org.openingminute.registration;

import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Compares the counts that batches keep with the registrations. */
public final class SaleCounts {

    private static final String OTHERWISE = """
            with recounted as (
                select date_bin('15 minutes', created_at, 'epoch') as made_from, count(*) as registrations,
                       count(*) filter (where status = 'confirmed') as confirmed, sum(captured)::bigint as captured,
                       sum(refunded)::bigint as refunded
                  from registration where conference = :conference group by 1)
            select * from (select * from sale_count where conference = :conference) as counted
              full join recounted using (made_from)
             where (counted.registrations, counted.confirmed, counted.captured, counted.refunded)
                   is distinct from (recounted.registrations, recounted.confirmed, recounted.captured, recounted.refunded)
            """;

    private SaleCounts() {}

    /** Returns the rows that differ from a recount; empty if the counts are right. */
    public static List<Map<String, Object>> otherwise(JdbcClient jdbc, String conference) {
        return jdbc.sql(OTHERWISE).param("conference", conference).query().listOfRows();
    }
}
