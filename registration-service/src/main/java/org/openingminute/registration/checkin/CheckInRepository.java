package org.openingminute.registration.checkin;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Browse;
import org.openingminute.registration.lifecycle.Attendee;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the check-ins of all gates. A unique index allows each attendee one check-in in force, however many instances write. */
@Repository
class CheckInRepository {

    private static final String COLUMNS =
            "id, attendee_id, registration_id, gate, at, undone_at, undone_by, undone_why";

    private final JdbcClient jdbc;
    private final JdbcClient browse;

    CheckInRepository(JdbcClient jdbc, @Browse JdbcClient browse) {
        this.jdbc = jdbc;
        this.browse = browse;
    }

    /**
     * An {@code Idempotency-Key} and the request that it came with.
     *
     * @param hash of the request's body
     */
    record CheckInKey(String key, String hash) {}

    /** A check-in that was created with a key. */
    record Keyed(CheckIn checkIn, String hash) {}

    /**
     * Inserts a check-in, unless the attendee already has one in force, or one was created with the same key.
     *
     * @return false if nothing was inserted; the conflicting check-in is then committed
     */
    boolean insert(CheckIn checkIn, String conference, Attendee attendee, @Nullable CheckInKey key) {
        return jdbc.sql("""
                insert into check_in (id, conference, attendee_id, registration_id, category, gate, at, request_key, request_hash)
                values (:id, :conference, :attendee, :registration, :category, :gate, :at, :key, :hash)
                on conflict do nothing
                """)
                        .param("id", checkIn.id())
                        .param("conference", conference)
                        .param("attendee", checkIn.attendee())
                        .param("registration", checkIn.registration())
                        .param("category", attendee.category())
                        .param("gate", checkIn.gate())
                        .param("at", utc(checkIn.at()))
                        .param("key", key == null ? null : key.key(), Types.VARCHAR)
                        .param("hash", key == null ? null : key.hash(), Types.VARCHAR)
                        .update()
                == 1;
    }

    /** Returns the attendee's check-in in force. */
    Optional<CheckIn> inForce(UUID attendee) {
        return jdbc.sql("select " + COLUMNS + " from check_in where attendee_id = ? and undone_at is null")
                .param(attendee)
                .query((row, _) -> checkIn(row))
                .optional();
    }

    Optional<Keyed> keyed(String conference, String key) {
        return jdbc.sql("select " + COLUMNS + ", request_hash from check_in where conference = ? and request_key = ?")
                .param(conference)
                .param(key)
                .query((row, _) -> new Keyed(checkIn(row), row.getString("request_hash")))
                .optional();
    }

    Optional<CheckIn> find(UUID id) {
        return jdbc.sql("select " + COLUMNS + " from check_in where id = ?")
                .param(id)
                .query((row, _) -> checkIn(row))
                .optional();
    }

    /** Returns the conference of a check-in. */
    Optional<String> conference(UUID id) {
        return jdbc.sql("select conference from check_in where id = ?")
                .param(id)
                .query(String.class)
                .optional();
    }

    /**
     * Undoes a check-in.
     *
     * @return false if it was undone already
     */
    boolean undo(UUID id, CheckIn.Undone undone) {
        return jdbc.sql("""
                update check_in set undone_at = ?, undone_by = ?, undone_why = ? where id = ? and undone_at is null
                """)
                        .param(utc(undone.at()))
                        .param(undone.who())
                        .param(undone.why())
                        .param(id)
                        .update()
                == 1;
    }

    /**
     * Lists the check-ins of a conference, newest first.
     *
     * @param gate {@code null} for all gates
     * @param after the last id of the previous page; {@code null} for the first page
     */
    List<CheckIn> list(String conference, @Nullable String gate, @Nullable UUID after, int most) {
        return jdbc.sql("select " + COLUMNS + """
                 from check_in
                 where conference = :conference and (:gate::text is null or gate = :gate) and (:after::uuid is null or id < :after)
                 order by id desc limit :most
                """)
                .param("conference", conference)
                .param("gate", gate, Types.VARCHAR)
                .param("after", after, Types.OTHER)
                .param("most", most)
                .query((row, _) -> checkIn(row))
                .list();
    }

    /**
     * An attendee with a check-in in force.
     *
     * @param at business time
     */
    record Inside(UUID attendee, String gate, Instant at) {}

    /**
     * Returns a value that changes with each check-in and each reversal, for the {@code ETag} of the list. Rows are only inserted and
     * undone, so counts and the newest id identify the version, and indexes answer these quickly.
     */
    String version(String conference) {
        return browse.sql("""
                select concat_ws('-',
                    (select count(*) from check_in where conference = :conference),
                    (select count(*) from check_in where conference = :conference and undone_at is null),
                    (select id from check_in where conference = :conference order by id desc limit 1))
                """)
                .param("conference", conference)
                .query(String.class)
                .single();
    }

    /** Lists all attendees with a check-in in force, in the order of their ids. */
    List<Inside> inside(String conference) {
        return browse.sql(
                        "select attendee_id, gate, at from check_in where conference = ? and undone_at is null order by attendee_id")
                .param(conference)
                .query((row, _) -> new Inside(
                        row.getObject("attendee_id", UUID.class),
                        row.getString("gate"),
                        row.getObject("at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** The number of check-ins in force at a gate for a category. */
    record GateCount(String gate, String category, int in) {}

    List<GateCount> counts(String conference) {
        return browse.sql("""
                select gate, category, count(*) as came from check_in
                 where conference = ? and undone_at is null group by gate, category order by gate, category
                """)
                .param(conference)
                .query((row, _) -> new GateCount(row.getString("gate"), row.getString("category"), row.getInt("came")))
                .list();
    }

    /** Maps a row that has the table's columns. */
    static CheckIn checkIn(ResultSet row) throws SQLException {
        @Nullable OffsetDateTime undoneAt = row.getObject("undone_at", OffsetDateTime.class);
        return new CheckIn(
                row.getObject("id", UUID.class),
                row.getObject("attendee_id", UUID.class),
                row.getObject("registration_id", UUID.class),
                row.getString("gate"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                undoneAt == null
                        ? null
                        : new CheckIn.Undone(
                                undoneAt.toInstant(), row.getString("undone_by"), row.getString("undone_why")));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
