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
 * Finds registrations by their attendees, as they are now. There is no index of attendees, which every admission would have to write:
 * an attendee's id is made right after the registration's, so that one stands shortly before it among the ids, which sort by time.
 */
@Repository
class TicketHolders {

    /** How long before an attendee's id the registration's may have been made, in milliseconds; it takes less than one. */
    private static final long BEFORE_MILLIS = 10_000;

    private static final int TIME_SHIFT = 16;

    private final JdbcClient jdbc;

    TicketHolders(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An attendee, and the registration that has it. */
    record TicketHolder(Registration registration, Attendee attendee) {

        String name() {
            return attendee.givenName() + " " + attendee.familyName();
        }
    }

    /** The attendee with that id; empty if there is none. */
    Optional<TicketHolder> find(UUID attendee) {
        return jdbc.sql("""
                select document from registration
                 where id <= :attendee and id >= :from and strpos(document::text, :text) > 0
                 order by id desc limit 1
                """)
                .param("attendee", attendee)
                .param("from", earlier(attendee))
                .param("text", attendee.toString())
                .query((row, _) -> Documents.registration(row.getString("document")))
                .optional()
                .flatMap(registration -> holder(registration, attendee));
    }

    /** The smallest id of ten seconds before. */
    private static UUID earlier(UUID id) {
        long millis = id.getMostSignificantBits() >>> TIME_SHIFT;
        return new UUID(Math.max(0, millis - BEFORE_MILLIS) << TIME_SHIFT, 0);
    }

    /** Those attendees of the given check-ins that are still here. */
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

    private static Optional<TicketHolder> holder(Registration registration, UUID attendee) {
        return registration.attendees().stream()
                .filter(one -> one.id().equals(attendee))
                .findFirst()
                .map(one -> new TicketHolder(registration, one));
    }
}
