package org.openingminute.registration.checkin;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An attendee's check-in at a gate. Immutable.
 *
 * @param at business time
 * @param undone {@code null} while the check-in is in force
 */
record CheckIn(
        UUID id,
        UUID attendee,
        UUID registration,
        String gate,
        Instant at,
        @Nullable Undone undone) {

    /**
     * The reversal of a check-in, after which the attendee can be checked in again.
     *
     * @param at business time
     * @param who subject of the staff account
     */
    record Undone(Instant at, String who, String why) {}

    /** Returns the same check-in with another reversal; {@code null} for none. */
    CheckIn undone(@Nullable Undone now) {
        return new CheckIn(id, attendee, registration, gate, at, now);
    }
}
