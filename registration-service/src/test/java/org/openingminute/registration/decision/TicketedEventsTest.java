package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Effect;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TicketSigner.Ticket;
import tools.jackson.databind.JsonNode;

/** Proves which events contain tickets, by batches in memory. */
class TicketedEventsTest extends ReviewBatches {

    @Test
    void everyone_in_a_confirmed_registration_has_a_ticket_of_their_own() {
        UUID id = register(null, "guest", "guest");

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(tickets(lastEvent()))
                .containsExactly(
                        SIGNER.sign(new Ticket(SLUG, attendee(id, 0), 0)),
                        SIGNER.sign(new Ticket(SLUG, attendee(id, 1), 0)));
    }

    @Test
    void tickets_exist_only_while_confirmed() {
        UUID waiting = register(null, "seat");
        assertThat(tickets(lastEvent())).containsExactly("null");
        UUID confirmed = register(null, "guest");
        assertThat(tickets(lastEvent())).doesNotContain("null");
        cancel(confirmed);
        assertThat(tickets(lastEvent())).containsExactly("null");
        assertThat(status(waiting)).isEqualTo(Status.PENDING_PAYMENT);
    }

    @Test
    void a_disputed_payment_takes_it_away_until_it_is_won() {
        Registration confirmed = registrations.get(register(null, "guest"));
        Registration frozen = confirmed.with(confirmed.money().disputed(true));

        assertThat(tickets(event(frozen))).containsExactly("null");
        assertThat(tickets(event(frozen.with(frozen.money().disputed(false))))).isEqualTo(tickets(event(confirmed)));
    }

    @Test
    void a_transferred_seat_has_a_new_ticket() {
        Registration before = registrations.get(register(null, "guest"));
        Attendee ada = before.attendees().getFirst();
        Registration after = before.with(List.of(new Attendee(
                ada.id(),
                ada.category(),
                "Grace",
                "Hopper",
                "grace@example.org",
                null,
                null,
                null,
                null,
                null,
                ada.addOns(),
                ada.generation() + 1,
                null,
                null)));

        assertThat(tickets(event(after))).containsExactly(SIGNER.sign(new Ticket(SLUG, ada.id(), 1)));
        assertThat(tickets(event(after))).doesNotContainAnyElementsOf(tickets(event(before)));
    }

    private OutgoingMessage lastEvent() {
        return messages.stream()
                .filter(message -> message.topic().equals(Messages.REGISTRATION_EVENTS))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    private static OutgoingMessage event(Registration registration) {
        return Messages.event(Effect.EventType.CHANGED, registration, SIGNER);
    }

    private static List<String> tickets(OutgoingMessage message) {
        JsonNode body = Documents.treeOf(message.body());
        return body.path("attendees").values().stream()
                .map(attendee -> attendee.path("ticket").asString("null"))
                .toList();
    }
}
