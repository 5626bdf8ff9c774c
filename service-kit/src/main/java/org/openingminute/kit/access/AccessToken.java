package org.openingminute.kit.access;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a registrant's token. Immutable.
 *
 * @param attendee the one attendee it is for, or {@code null} for the contact
 * @param generation must be the one that the registration has now; a transfer raises an attendee's
 * @param delivered whether it is one that we only ever send to the holder's address, so that it shows who reads there
 */
public record AccessToken(UUID registration, @Nullable UUID attendee, int generation, boolean delivered) {

    /** @throws IllegalArgumentException for a generation below zero */
    public AccessToken {
        if (generation < 0) {
            throw new IllegalArgumentException("a generation must not be negative");
        }
    }

    /** One that may be in an answer. */
    public AccessToken(UUID registration, @Nullable UUID attendee, int generation) {
        this(registration, attendee, generation, false);
    }

    /** The same, to be sent to the holder's address and nowhere else. */
    public AccessToken toBeDelivered() {
        return new AccessToken(registration, attendee, generation, true);
    }

    /** The token of a registration's contact. */
    public static AccessToken ofContact(UUID registration, int generation) {
        return new AccessToken(registration, null, generation);
    }
}
