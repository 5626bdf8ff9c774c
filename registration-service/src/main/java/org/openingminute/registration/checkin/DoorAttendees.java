package org.openingminute.registration.checkin;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.checkin.TicketHolders.TicketHolder;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.desk.DeskRegistrations;
import org.openingminute.registration.desk.SearchWords;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Registration.TicketState;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds attendees of a conference by what people at the door say: a name, an address, a reference. */
@Repository
class DoorAttendees {

    /** As many as somebody reads on a phone; who has a longer list types more. */
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
     * Somebody who may come.
     *
     * @param checkIn the one that counts; {@code null} until then
     */
    record DoorAttendee(TicketHolder holder, @Nullable CheckIn checkIn) {

        TicketState ticket() {
            return holder.registration().tickets();
        }
    }

    /**
     * Those who were found.
     *
     * @param isReference whether their registration's whole reference was typed
     * @param hasMore whether some were left out
     */
    record Found(List<DoorAttendee> attendees, boolean isReference, boolean hasMore) {}

    /** Those of a registration whose reference was typed, or of whom, for each word of it, a word begins with it; by name. */
    Found find(String conference, String typed) {
        Optional<Registration> registration = registrations.ofReference(conference, typed);
        if (registration.isPresent()) {
            List<DoorAttendee> attendees = ofRegistration(registration.get().id());
            return new Found(attendees, true, false);
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

    /** Its attendees as they are, in the order of the registration. */
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

    /** Empty if the registration has this attendee no more. */
    private static Optional<DoorAttendee> attendee(ResultSet row) throws SQLException {
        UUID id = row.getObject("attendee", UUID.class);
        @Nullable CheckIn checkIn = row.getObject("id", UUID.class) == null ? null : CheckInRepository.checkIn(row);
        return TicketHolders.holder(Documents.registration(row.getString("document")), id)
                .map(holder -> new DoorAttendee(holder, checkIn));
    }
}
