package org.openingminute.registration.checkin;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Finds registrations by attendee, in their current state. The desk's index maps an attendee's id to the registration. For an attendee who
 * is not indexed yet, the ids' timestamps are used: an attendee's id is generated right after the registration's, so only unindexed
 * registrations with a close timestamp are read.
 */
@Repository
class TicketHolders {

    /**
     * The greatest difference between the timestamps of both ids, in milliseconds. It is normally below one; the margin allows for a clock
     * that is adjusted in between.
     */
    private static final long APART_MILLIS = 10_000;

    private static final int TIME_SHIFT = 16;
    private static final long LAST_TIME = (1L << 48) - 1;

    private final JdbcClient jdbc;

    TicketHolders(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An attendee and the registration it belongs to. */
    record TicketHolder(Registration registration, Attendee attendee) {

        String name() {
            return attendee.givenName() + " " + attendee.familyName();
        }
    }

    /**
     * Returns the attendee with this id; empty if there is none. The index is asked twice, because the entry may be written between the two
     * lookups.
     */
    Optional<TicketHolder> find(UUID attendee) {
        return findIndexed(attendee).or(() -> findUnindexed(attendee)).or(() -> findIndexed(attendee));
    }

    private Optional<TicketHolder> findIndexed(UUID attendee) {
        return holders(attendee, jdbc.sql("""
                select r.document from desk_attendee a join registration r on r.id = a.registration where a.id = :attendee
                """).param("attendee", attendee));
    }

    /** The {@code case} makes PostgreSQL check the index first, one primary key at a time, before it reads a document. */
    private Optional<TicketHolder> findUnindexed(UUID attendee) {
        return holders(
                attendee,
                jdbc.sql("""
                        select r.document from registration r
                         where r.id between :from and :to
                           and case when (select d.id from desk_registration d where d.id = r.id) is null
                                    then strpos(r.document::text, :text) > 0 else false end
                        """)
                        .param("from", at(attendee, -APART_MILLIS))
                        .param("to", at(attendee, APART_MILLIS))
                        .param("text", attendee.toString()));
    }

    private static Optional<TicketHolder> holders(UUID attendee, JdbcClient.StatementSpec registrations) {
        return registrations.query((row, _) -> Documents.registration(row.getString("document"))).list().stream()
                .flatMap(registration -> holder(registration, attendee).stream())
                .findFirst();
    }

    /** Returns the smallest id whose timestamp differs by a number of milliseconds from that of another id. */
    private static UUID at(UUID id, long millis) {
        long time = (id.getMostSignificantBits() >>> TIME_SHIFT) + millis;
        return new UUID(Math.clamp(time, 0, LAST_TIME) << TIME_SHIFT, 0);
    }

    /** Returns the attendees of the given check-ins by id; attendees who no longer exist are left out. */
    Map<UUID, TicketHolder> of(Collection<CheckIn> checkIns) {
        Map<UUID, Registration> registrations = new HashMap<>();
        jdbc.sql("select document from registration where id = any(?)")
                .param(checkIns.stream().map(CheckIn::registration).distinct().toArray(UUID[]::new))
                .query(row -> {
                    Registration registration = Documents.registration(row.getString("document"));
                    registrations.put(registration.id(), registration);
                });
        Map<UUID, TicketHolder> holders = new HashMap<>();
        for (CheckIn checkIn : checkIns) {
            Optional.ofNullable(registrations.get(checkIn.registration()))
                    .flatMap(registration -> holder(registration, checkIn.attendee()))
                    .ifPresent(holder -> holders.put(checkIn.attendee(), holder));
        }
        return holders;
    }

    /** Returns an attendee of a registration by id. */
    static Optional<TicketHolder> holder(Registration registration, UUID attendee) {
        return registration.attendees().stream()
                .filter(one -> one.id().equals(attendee))
                .findFirst()
                .map(one -> new TicketHolder(registration, one));
    }
}
