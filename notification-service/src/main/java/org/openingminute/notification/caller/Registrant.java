package org.openingminute.notification.caller;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bearer of an access token.
 *
 * @param attendee {@code null} for the contact, who may do everything
 * @param generation a lower one than the registration's has ended
 */
public record Registrant(UUID registration, @Nullable UUID attendee, long generation) implements Caller {}
