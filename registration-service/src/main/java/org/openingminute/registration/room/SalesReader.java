package org.openingminute.registration.room;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Browse;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.conferences.Conferences.CurrentSale;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.room.RoomRepository.StoredRoom;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the state of all sales and the settings of their rooms in one statement, because the gateways poll it every second. */
@Repository
class SalesReader {

    private final JdbcClient jdbc;
    private final ConferenceCache conferences;
    private final RoomRepository rooms;
    /** Conferences that were over at the last read; their allocations can no longer matter and are not read again. */
    private volatile List<String> over = List.of();

    SalesReader(@Browse JdbcClient jdbc, ConferenceCache conferences, RoomRepository rooms) {
        this.jdbc = jdbc;
        this.conferences = conferences;
        this.rooms = rooms;
    }

    /** @param now business time */
    record Sales(Instant now, List<ReadSale> all) {}

    record ReadSale(String conference, String name, CurrentSale sale, StoredRoom room) {}

    /** The rows of the statement. */
    private static final class StoredSales {

        private Instant now = Instant.EPOCH;
        private final Map<String, Long> revisions = new TreeMap<>();
        private final Map<String, StoredRoom> rooms = new HashMap<>();
        private final Map<String, Map<QuotaKey, Integer>> sums = new HashMap<>();
    }

    /** Returns the sales of all conferences that are not over. */
    Sales read() {
        StoredSales stored = new StoredSales();
        jdbc.sql("""
                select 'clock' as kind, null as conference, null as code, clock_timestamp() as at, null as mode,
                       coalesce((select offset_millis from rehearsal_clock), 0) as number,
                       null::double precision as per_second, null::double precision as capacity
                union all
                select 'conference', c.slug, null, r.draw_at, r.mode, c.revision, r.per_second, r.capacity
                  from conference c left join waiting_room r on r.conference = c.slug
                union all
                select 'quota', conference, code, null, null, held + sold, null, null
                  from quota where conference <> all(?)
                """).param(over.toArray(String[]::new)).query(row -> {
            add(stored, row);
        });
        List<ReadSale> sales = new ArrayList<>();
        List<String> nowOver = new ArrayList<>();
        stored.revisions.forEach((slug, revision) -> {
            Optional<Conference> conference = conferences.at(slug, revision);
            if (conference.isPresent() && Conferences.isOver(conference.get(), stored.now)) {
                nowOver.add(slug);
            } else if (conference.isPresent()) {
                Map<QuotaKey, Integer> sums = stored.sums.getOrDefault(slug, Map.of());
                sales.add(new ReadSale(
                        slug,
                        conference.get().definition().name(),
                        Conferences.sale(conference.get(), sums, stored.now),
                        stored.rooms.getOrDefault(slug, rooms.none())));
            }
        });
        over = nowOver;
        return new Sales(stored.now, sales);
    }

    private void add(StoredSales stored, ResultSet row) throws SQLException {
        @Nullable String conference = row.getString("conference");
        if (conference == null) {
            stored.now = row.getObject("at", OffsetDateTime.class)
                    .toInstant()
                    .plusMillis(row.getLong("number"))
                    .truncatedTo(ChronoUnit.MILLIS);
        } else if (row.getString("code") == null) {
            stored.revisions.put(conference, row.getLong("number"));
            stored.rooms.put(conference, rooms.room(row));
        } else {
            stored.sums
                    .computeIfAbsent(conference, _ -> new HashMap<>())
                    .put(QuotaKey.of(row.getString("code")), row.getInt("number"));
        }
    }
}
