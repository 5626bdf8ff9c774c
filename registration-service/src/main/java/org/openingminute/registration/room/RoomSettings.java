package org.openingminute.registration.room;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an organiser sets of a conference's waiting room.
 *
 * @param drawAt when all who are there by then get their numbers, in random order; business time. {@code null} for none
 * @param perSecond the most registrations a second that the line lets through; {@code null} for what the system is able to
 */
record RoomSettings(
        Mode mode, @Nullable Instant drawAt, @Nullable Double perSecond) {

    /** When there is a line. */
    enum Mode {
        /** While more come than the system is able to register. */
        @JsonProperty("auto")
        AUTO("auto"),
        @JsonProperty("on")
        ON("on"),
        @JsonProperty("off")
        OFF("off");

        private final String wireName;

        Mode(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }

        static Optional<Mode> of(@Nullable String wireName) {
            return Arrays.stream(values())
                    .filter(mode -> mode.wireName.equals(wireName))
                    .findFirst();
        }
    }
}
