package org.openingminute.messaging.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.messaging.Browse;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service's audit: which member of staff did what, when and why, and what it changed. Each service has its own table. The ids sort by the
 * time of writing across all services.
 */
public final class AuditLog {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_BYTES = 1024 * 1024;
    private static final String NEWEST = " order by entry desc limit :limit";

    /** Finds the few distinct people in the audit by skipping from one index entry to the next. */
    private static final String PEOPLE = """
            with recursive people as (
                (select who, coalesce(person, '') as person from audit order by 1, 2 limit 1)
                union all
                select next.who, next.person
                  from people cross join lateral (
                       select who, coalesce(person, '') as person from audit
                        where (who, coalesce(person, '')) > (people.who, people.person) order by 1, 2 limit 1) as next)
            """;

    private final JdbcClient jdbc;
    private final JdbcClient browse;
    private final AuditClock clock;

    /** @param browse the client that reads lists */
    public AuditLog(JdbcClient jdbc, @Browse JdbcClient browse, AuditClock clock) {
        this.jdbc = jdbc;
        this.browse = browse;
        this.clock = clock;
    }

    /** Writes a row in the transaction that performs the act. The row has business time, or the database's time if that is not known. */
    public void write(Person.AuditEntry entry) {
        insert(entry, clock.now().map(now -> now.atOffset(ZoneOffset.UTC)).orElse(null));
    }

    /**
     * Writes a row in the transaction that performs the act.
     *
     * @param at the business time of the act
     */
    public void write(Person.AuditEntry entry, Instant at) {
        insert(entry, at.atOffset(ZoneOffset.UTC));
    }

    private void insert(Person.AuditEntry entry, @Nullable OffsetDateTime at) {
        @Nullable Role role = entry.person().role();
        jdbc.sql("""
                insert into audit (at, who, person, role, what, conference, registration_id, before, after, why)
                values (coalesce(:at, clock_timestamp()), :who, :person, :role, :what, :conference, :registration,
                        :before::jsonb, :after::jsonb, :why)
                """)
                .param("at", at, Types.TIMESTAMP_WITH_TIMEZONE)
                .param("who", entry.person().subject())
                .param("person", entry.person().name())
                .param("role", role == null ? null : role.wireName(), Types.VARCHAR)
                .param("what", entry.what())
                .param("conference", entry.scope(), Types.VARCHAR)
                .param("registration", entry.registration(), Types.OTHER)
                .param("before", text(entry.before()), Types.VARCHAR)
                .param("after", text(entry.after()), Types.VARCHAR)
                .param("why", entry.why(), Types.VARCHAR)
                .update();
    }

    private static @Nullable String text(@Nullable JsonNode json) {
        return json == null ? null : json.toString();
    }

    /** Returns the matching rows, newest first. A page has fewer rows than the limit if they would exceed a megabyte. */
    AuditRow.AuditPage list(AuditFilter filter) {
        StringBuilder rows = new StringBuilder("select * from audit where entry is not null");
        Map<String, Object> values = new HashMap<>();
        and(rows, values, "registration_id = :registration", "registration", filter.registration());
        and(
                rows,
                values,
                "conference = any(:conferences)",
                "conferences",
                filter.conferences() == null ? null : filter.conferences().toArray(String[]::new));
        and(rows, values, "what = :what", "what", filter.what());
        and(rows, values, "at >= :from", "from", utc(filter.from()));
        and(rows, values, "at < :to", "to", utc(filter.to()));
        and(rows, values, "entry < :after", "after", filter.after());
        String sql;
        if (filter.who() == null) {
            sql = rows.append(NEWEST).toString();
        } else {
            values.put("who", filter.who());
            // Reads the newest rows of each matching person through an index, so that neither a rare nor a common name
            // scans the table.
            rows.append(" and audit.who = people.who and coalesce(audit.person, '') = people.person")
                    .append(NEWEST);
            sql = PEOPLE + "select found.* from people cross join lateral (" + rows + """
                    ) as found
                     where lower(people.who) = lower(:who) or strpos(lower(people.person), lower(:who)) > 0
                    """ + NEWEST;
        }
        values.put("limit", filter.limit() + 1);
        values.put("most", MOST_BYTES);
        List<FoundRow> found = browse.sql("""
                select * from (
                    select found.*, count(*) over () as found,
                           sum(coalesce(octet_length(before::text), 0) + coalesce(octet_length(after::text), 0))
                               over (order by entry desc rows between unbounded preceding and 1 preceding) as bytes_before
                      from (%s) as found) as page
                 where coalesce(bytes_before, 0) < :most
                 order by entry desc
                """.formatted(sql))
                .params(values)
                .query((row, _) -> new FoundRow(row(row), row.getInt("found")))
                .list();
        List<AuditRow> items =
                found.stream().limit(filter.limit()).map(FoundRow::row).toList();
        boolean more = !found.isEmpty() && found.getFirst().found() > items.size();
        return new AuditRow.AuditPage(items, more ? items.getLast().id() : null);
    }

    /** @param found the number of matching rows, including those that do not fit into the page */
    private record FoundRow(AuditRow row, int found) {}

    private static void and(
            StringBuilder sql, Map<String, Object> values, String condition, String name, @Nullable Object value) {
        if (value != null) {
            sql.append(" and ").append(condition);
            values.put(name, value);
        }
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static AuditRow row(ResultSet row) throws SQLException {
        return new AuditRow(
                row.getObject("entry", UUID.class),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("who"),
                row.getString("person"),
                row.getString("role"),
                row.getString("what"),
                row.getString("conference"),
                row.getObject("registration_id", UUID.class),
                json(row.getString("before")),
                json(row.getString("after")),
                row.getString("why"));
    }

    private static @Nullable JsonNode json(@Nullable String text) {
        return text == null ? null : JSON.readTree(text);
    }
}
