package org.openingminute.registration.checkin;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.openingminute.messaging.Browse;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Registration.TicketState;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Lists the tickets that are no longer valid, for gates that are offline. */
@Repository
class EndedTickets {

    private final JdbcClient jdbc;

    EndedTickets(@Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** All tickets of an attendee up to and including this generation. */
    record EndedTicket(UUID attendee, int generation, String state) {}

    /** @param asOf business time */
    record EndedTicketList(Instant asOf, List<EndedTicket> items) {}

    /**
     * Returns the ended and frozen tickets of a conference, in the order of the attendees' ids. They are found by timeline entries, because
     * each registration that lost its tickets has one.
     */
    List<EndedTicket> of(String conference) {
        return jdbc
                .sql("""
                select document from registration
                 where conference = ? and id in (select registration_id from timeline
                                                  where what in ('Cancelled', 'Payment disputed', 'Dispute lost'))
                """)
                .param(conference)
                .query((row, _) -> Documents.registration(row.getString("document")))
                .list()
                .stream()
                .flatMap(EndedTickets::ended)
                .sorted(Comparator.comparing(ticket -> ticket.attendee().toString()))
                .toList();
    }

    private static Stream<EndedTicket> ended(Registration registration) {
        TicketState state = registration.tickets();
        return state == TicketState.VALID || state == TicketState.NONE
                ? Stream.empty()
                : registration.attendees().stream().map(attendee -> ended(attendee, state));
    }

    private static EndedTicket ended(Attendee attendee, TicketState state) {
        return new EndedTicket(attendee.id(), attendee.generation(), state.wireName());
    }
}
