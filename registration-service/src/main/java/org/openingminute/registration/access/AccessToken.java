package org.openingminute.registration.access;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a registrant's token says.
 *
 * @param attendee the one attendee it is for, or {@code null} for the contact
 * @param generation must be the one that the registration has now; a transfer raises an attendee's
 */
public record AccessToken(UUID registration, @Nullable UUID attendee, int generation) {

    public static AccessToken ofContact(UUID registration, int generation) {
        return new AccessToken(registration, null, generation);
    }
}
