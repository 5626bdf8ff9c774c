package org.openingminute.registration.lifecycle;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person with a ticket.
 *
 * @param generation raised by a transfer: it ends the former access token and ticket
 */
public record Attendee(
        UUID id,
        String category,
        String givenName,
        String familyName,
        String email,
        @Nullable String affiliation,
        @Nullable String country,
        @Nullable String badgeName,
        @Nullable String dietary,
        @Nullable String accessibility,
        List<AddOn> addOns,
        int generation) {

    /** An add-on as it was ordered. */
    public record AddOn(String code, int quantity) {}

    public Attendee {
        addOns = List.copyOf(addOns);
    }
}
