package org.openingminute.notification.documents;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.projection.RegistrationStatus;

/**
 * The data of a registration that documents need, as its newest event reports it.
 *
 * @param revision grows with each change
 * @param changedAt business time
 */
record DocumentSubject(
        UUID id,
        String reference,
        String conference,
        RegistrationStatus status,
        long revision,
        SubjectContact contact,
        long contactGeneration,
        List<TicketHolder> attendees,
        Instant changedAt) {

    DocumentSubject {
        Objects.requireNonNull(id, "a registration has an id");
        Objects.requireNonNull(status, "a registration has a status");
        Objects.requireNonNull(contact, "a registration has a contact");
        Objects.requireNonNull(changedAt, "a state has a time of change");
        attendees = attendees == null ? List.of() : List.copyOf(attendees);
    }

    Optional<TicketHolder> attendee(UUID wanted) {
        return attendees.stream()
                .filter(attendee -> attendee.id().equals(wanted))
                .findFirst();
    }

    /** The contact, whose language documents use. */
    record SubjectContact(@Nullable String locale) {}

    /** An add-on as it was ordered. */
    record BookedAddOn(String code, int quantity) {}

    /**
     * An attendee with a ticket.
     *
     * @param badgeName the name on the badge; {@code null} if it is the attendee's name
     * @param generation tokens with a lower one are invalid
     * @param ticket the signed text; {@code null} if there is no usable ticket
     */
    record TicketHolder(
            UUID id,
            String category,
            String givenName,
            String familyName,
            @Nullable String badgeName,
            @Nullable String affiliation,
            @Nullable String country,
            List<BookedAddOn> addOns,
            long generation,
            @Nullable String ticket) {

        TicketHolder {
            Objects.requireNonNull(id, "an attendee has an id");
            addOns = addOns == null ? List.of() : List.copyOf(addOns);
        }

        /** Returns the name on the badge, on one line. */
        String shownName() {
            String shown = badgeName == null ? "" : SingleLine.of(badgeName);
            return shown.isEmpty() ? name() : shown;
        }

        /** Returns the name on one line, whatever was typed. */
        String name() {
            return SingleLine.of(givenName + " " + familyName);
        }
    }
}
