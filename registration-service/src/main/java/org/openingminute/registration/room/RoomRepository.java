package org.openingminute.registration.room;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.Browse;
import org.openingminute.registration.Settings;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.room.RoomSettings.Mode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the settings of waiting rooms and the capacity that the gateways measured. */
@Repository
class RoomRepository {

    private static final Logger log = LoggerFactory.getLogger(RoomRepository.class);

    private final JdbcClient jdbc;
    private final JdbcClient browse;
    private final StoredRoom none;

    RoomRepository(JdbcClient jdbc, @Browse JdbcClient browse, Settings settings) {
        this.jdbc = jdbc;
        this.browse = browse;
        this.none = new StoredRoom(new RoomSettings(settings.rehearsal() ? Mode.OFF : Mode.AUTO, null, null), null);
    }

    /** @param capacity registrations per second; {@code null} until one was saved */
    record StoredRoom(RoomSettings settings, @Nullable Double capacity) {}

    /** Returns the default settings, for a conference without stored settings. */
    StoredRoom none() {
        return none;
    }

    RoomSettings settings(String conference) {
        return jdbc.sql("select mode, draw_at as at, per_second, capacity from waiting_room where conference = ?")
                .param(conference)
                .query((row, _) -> room(row))
                .optional()
                .orElse(none)
                .settings();
    }

    /** Whether a live registration used an admission, read without the lock; {@code false} if the database does not answer. */
    boolean isUsed(Admission admission) {
        try {
            return hasRegistration(admission);
        } catch (DataAccessException e) {
            log.debug("It is unknown whether an admission was used: {}", RedactedException.types(e));
            return false;
        }
    }

    private boolean hasRegistration(Admission admission) {
        return browse.sql("""
                select exists (
                    select from registration
                     where conference = ? and room = ? and room_number = ?
                       and (status in ('pending-review', 'pending-payment', 'confirmed')
                            or (status = 'rejected' and hold_expires_at is not null)))
                """)
                .param(admission.scope())
                .param(admission.room())
                .param(admission.number())
                .query(Boolean.class)
                .single();
    }

    /** Maps a row; its columns are {@code null} if nothing is stored. */
    StoredRoom room(ResultSet row) throws SQLException {
        @Nullable OffsetDateTime drawAt = row.getObject("at", OffsetDateTime.class);
        return new StoredRoom(
                new RoomSettings(
                        Mode.of(row.getString("mode")).orElse(none.settings().mode()),
                        drawAt == null ? null : drawAt.toInstant(),
                        row.getObject("per_second", Double.class)),
                row.getObject("capacity", Double.class));
    }

    /**
     * Saves the settings and writes an audit entry of the change.
     *
     * @param at business time
     */
    void save(String conference, RoomSettings before, RoomSettings after, Person organiser, Instant at) {
        @Nullable Instant drawAt = after.drawAt();
        jdbc.sql("""
                with saved as (
                    insert into waiting_room (conference, mode, draw_at, per_second)
                    values (:conference, :mode, :drawAt::timestamptz, :perSecond::double precision)
                    on conflict (conference) do update
                       set mode = excluded.mode, draw_at = excluded.draw_at, per_second = excluded.per_second)
                insert into audit (at, who, person, role, what, conference, before, after)
                values (:at, :who, :person, :role, 'set the waiting room', :conference, :before::jsonb, :after::jsonb)
                """)
                .param("conference", conference)
                .param("mode", after.mode().wireName())
                .param("drawAt", drawAt == null ? null : drawAt.atOffset(ZoneOffset.UTC))
                .param("perSecond", after.perSecond())
                .param("at", at.atOffset(ZoneOffset.UTC))
                .param("who", organiser.subject())
                .param("person", organiser.name())
                .param(
                        "role",
                        organiser.role() == null ? null : organiser.role().wireName(),
                        Types.VARCHAR)
                .param("before", Documents.json(before))
                .param("after", Documents.json(after))
                .update();
    }

    /** Saves a measured capacity, unless one was saved within the last minute. */
    void saveCapacity(String conference, double capacity) {
        jdbc.sql("""
                insert into waiting_room as r (conference, capacity, capacity_at)
                values (?, ?, clock_timestamp())
                on conflict (conference) do update set capacity = excluded.capacity, capacity_at = excluded.capacity_at
                 where r.capacity_at is null or r.capacity_at < excluded.capacity_at - interval '1 minute'
                """).param(conference).param(capacity).update();
    }
}
