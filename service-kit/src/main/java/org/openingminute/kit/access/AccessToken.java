package org.openingminute.kit.access;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The claims of an access token, with which a registrant opens a registration. Immutable.
 *
 * @param attendee the attendee whose data the token opens; {@code null} for the registration's contact
 * @param generation must equal the registration's present generation; each transfer of an attendee's place raises the attendee's
 *     generation
 * @param delivered whether the token is sent to the holder's own address and nowhere else, so that its use proves access to that
 *     mailbox
 */
public record AccessToken(UUID registration, @Nullable UUID attendee, int generation, boolean delivered) {

    /** @throws IllegalArgumentException for a generation below zero */
    public AccessToken {
        if (generation < 0) {
            throw new IllegalArgumentException("a generation must not be negative");
        }
    }

    /** A token that an API answer may contain. */
    public AccessToken(UUID registration, @Nullable UUID attendee, int generation) {
        this(registration, attendee, generation, false);
    }

    /** The same claims for a token that is sent to the holder's address and nowhere else. */
    public AccessToken toBeDelivered() {
        return new AccessToken(registration, attendee, generation, true);
    }

    /** The token of a registration's contact. */
    public static AccessToken ofContact(UUID registration, int generation) {
        return new AccessToken(registration, null, generation);
    }
}
