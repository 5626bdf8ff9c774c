package org.openingminute.registration.tickets;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a ticket says: no name, and nothing else about a person.
 *
 * @param conference the slug
 * @param generation the attendee's; a lower one than the attendee has now is of somebody who passed the ticket on
 */
public record Ticket(String conference, UUID attendee, int generation) {

    private static final Pattern SLUG = Pattern.compile("[a-z0-9-]+");

    public Ticket {
        if (!SLUG.matcher(conference).matches()) {
            throw new IllegalArgumentException("a ticket is for a conference, by its slug");
        }
        if (generation < 0) {
            throw new IllegalArgumentException("generations count from 0");
        }
    }
}
