package org.openingminute.registration.checkin;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * That somebody came in. Immutable.
 *
 * @param at business time
 * @param undone {@code null} while it counts
 */
record CheckIn(
        UUID id,
        UUID attendee,
        UUID registration,
        String gate,
        Instant at,
        @Nullable Undone undone) {

    /**
     * That it was taken back, after which the attendee can come in again.
     *
     * @param at business time
     * @param who the account
     */
    record Undone(Instant at, String who, String why) {}

    /** The same check-in, undone or not. */
    CheckIn undone(@Nullable Undone now) {
        return new CheckIn(id, attendee, registration, gate, at, now);
    }
}
