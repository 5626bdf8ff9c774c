package org.openingminute.registration.room;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a conference's waiting room.
 *
 * @param drawAt business time at which everyone then waiting gets a number in random order; {@code null} for no draw
 * @param perSecond the most registrations per second that the queue admits; {@code null} for as many as the system can handle
 */
public record RoomSettings(
        Mode mode, @Nullable Instant drawAt, @Nullable Double perSecond) {

    /** When visitors have to queue. */
    public enum Mode {
        /** Only while more visitors come than the system can register. */
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

        public String wireName() {
            return wireName;
        }

        static Optional<Mode> of(@Nullable String wireName) {
            return Arrays.stream(values())
                    .filter(mode -> mode.wireName.equals(wireName))
                    .findFirst();
        }
    }
}
