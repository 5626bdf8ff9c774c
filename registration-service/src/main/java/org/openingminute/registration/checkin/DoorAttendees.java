package org.openingminute.registration.checkin;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.checkin.TicketHolders.TicketHolder;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.desk.DeskRegistrations;
import org.openingminute.registration.desk.SearchWords;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Registration.TicketState;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds attendees of a conference by what a person at the door says: a name, an email address or a registration's reference. */
@Repository
class DoorAttendees {

    /** The most attendees in one result, to fit a phone's screen; a longer result needs a more specific search. */
    private static final int MOST = 20;

    private static final String WITH_CHECK_IN = """
             select f.attendee, r.document, c.id, c.attendee_id, c.registration_id, c.gate, c.at, c.undone_at, c.undone_by, c.undone_why
               from (%s) f join registration r on r.id = f.registration
               left join check_in c on c.attendee_id = f.attendee and c.undone_at is null
              order by f.name_key, f.attendee
            """;

    private final JdbcClient desk;
    private final DeskRegistrations registrations;

    DoorAttendees(@Qualifier("desk") JdbcClient desk, DeskRegistrations registrations) {
        this.desk = desk;
        this.registrations = registrations;
    }

    /**
     * An attendee that was found.
     *
     * @param checkIn the check-in in force; {@code null} if there is none
     */
    record DoorAttendee(TicketHolder holder, @Nullable CheckIn checkIn) {

        TicketState ticket() {
            return holder.registration().tickets();
        }
    }

    /**
     * The result of a search.
     *
     * @param isReference whether the text was a registration's complete reference
     * @param hasMore whether some attendees were left out
     */
    record Found(List<DoorAttendee> attendees, boolean isReference, boolean hasMore) {}

    /**
     * Finds the attendees of a registration by its complete reference, in the registration's order; otherwise attendees for whom each word
     * is a prefix of one of their words, by name. An attendee's id finds that attendee.
     */
    Found find(String conference, String typed) {
        Optional<Registration> registration = registrations.ofReference(conference, typed);
        if (registration.isPresent()) {
            List<DoorAttendee> attendees = ofRegistration(registration.get().id());
            return new Found(attendees, true, false);
        }
        Optional<UUID> id = Ids.read(typed);
        if (id.isPresent()) {
            return new Found(ofId(conference, id.get()), false, false);
        }
        @Nullable String words = SearchWords.query(typed, List.of());
        if (words == null) {
            return new Found(List.of(), false, false);
        }
        List<DoorAttendee> found = desk
                .sql("""
                with found as materialized (
                    select id as attendee, registration, name_key from desk_attendee
                     where conference = :conference and words @@ :words::tsquery)
                """ + WITH_CHECK_IN.formatted("select * from found order by name_key, attendee limit :most"))
                .param("conference", conference)
                .param("words", words)
                .param("most", MOST + 1)
                .query((row, _) -> attendee(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
        return new Found(found.subList(0, Math.min(found.size(), MOST)), false, found.size() > MOST);
    }

    private List<DoorAttendee> ofId(String conference, UUID id) {
        return desk
                .sql(WITH_CHECK_IN.formatted("""
                        select id as attendee, registration, name_key from desk_attendee where id = :id and conference = :conference
                        """))
                .param("id", id)
                .param("conference", conference)
                .query((row, _) -> attendee(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the attendees of a registration, in its order. */
    private List<DoorAttendee> ofRegistration(UUID registration) {
        return desk
                .sql(WITH_CHECK_IN.formatted("""
                        select (one ->> 'id')::uuid as attendee, r.id as registration, place as name_key
                          from registration r, json_array_elements(r.document -> 'attendees') with ordinality as a (one, place)
                         where r.id = :registration
                        """))
                .param("registration", registration)
                .query((row, _) -> attendee(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Maps a row; empty if the registration no longer has this attendee. */
    private static Optional<DoorAttendee> attendee(ResultSet row) throws SQLException {
        UUID id = row.getObject("attendee", UUID.class);
        @Nullable CheckIn checkIn = row.getObject("id", UUID.class) == null ? null : CheckInRepository.checkIn(row);
        return TicketHolders.holder(Documents.registration(row.getString("document")), id)
                .map(holder -> new DoorAttendee(holder, checkIn));
    }
}
