package org.openingminute.registration.room;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.room.RoomSettings.Mode;
import org.springframework.stereotype.Service;

/** Reads and changes the settings of waiting rooms for organisers. */
@Service
public class Rooms {

    private static final int MOST_PER_SECOND = 10_000;
    /** The first instant whose year has more than four digits, which RFC 3339 cannot express. */
    private static final Instant END_OF_RFC_3339 = Instant.parse("+10000-01-01T00:00:00Z");

    private final RoomRepository rooms;
    private final Conferences conferences;

    Rooms(RoomRepository rooms, Conferences conferences) {
        this.rooms = rooms;
        this.conferences = conferences;
    }

    /** The requested settings, not validated yet. */
    public record RoomWanted(
            @Schema(allowableValues = {"auto", "on", "off"}) @Nullable
            String mode,

            @Schema(format = "date-time") @Nullable String drawAt,

            @Schema(minimum = "1", maximum = "10000") @Nullable
            Double perSecond) {}

    /**
     * Returns the settings of a conference's room.
     *
     * @throws Problem {@code not-found} for an unknown conference
     */
    public RoomSettings settings(String slug) {
        return rooms.settings(conferences.require(slug).slug());
    }

    /**
     * Saves the settings of a conference's room with an audit entry. Gateways apply them within two seconds.
     *
     * @param found errors that the caller has already found
     * @throws Problem {@code not-found} for an unknown conference, {@code invalid} for invalid settings or if {@code found} is not empty
     */
    public RoomSettings set(String slug, RoomWanted wanted, List<FieldError> found, Person organiser) {
        RoomSettings before = settings(slug);
        Instant now = conferences.now();
        RoomSettings after = checked(wanted, found, before, now);
        rooms.save(slug, before, after, organiser, now);
        return after;
    }

    private static RoomSettings checked(RoomWanted wanted, List<FieldError> found, RoomSettings before, Instant now) {
        List<FieldError> errors = new ArrayList<>(found);
        @Nullable Mode mode = Mode.of(wanted.mode()).orElse(null);
        if (mode == null) {
            errors.add(FieldError.of("mode", "not-one-of", "must be {}, {} or {}", "auto", "on", "off"));
        }
        @Nullable Double perSecond = wanted.perSecond();
        if (perSecond != null && !(perSecond >= 1 && perSecond <= MOST_PER_SECOND)) {
            errors.add(FieldError.of("perSecond", "out-of-range", "must be between {} and {}", 1, MOST_PER_SECOND));
        }
        @Nullable Instant drawAt = drawAt(wanted.drawAt(), errors);
        // A draw in the past is only accepted unchanged.
        if (drawAt != null && !drawAt.isAfter(now) && !drawAt.equals(before.drawAt())) {
            errors.add(FieldError.of("drawAt", "not-in-the-future", "must be in the future"));
        }
        if (mode == null || !errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        return new RoomSettings(mode, drawAt, perSecond);
    }

    private static @Nullable Instant drawAt(@Nullable String text, List<FieldError> errors) {
        if (text == null) {
            return null;
        }
        try {
            Instant drawAt = Instant.parse(text).truncatedTo(ChronoUnit.MILLIS);
            if (drawAt.isBefore(END_OF_RFC_3339)) {
                return drawAt;
            }
        } catch (DateTimeException e) {
            // Reported below.
        }
        errors.add(FieldError.of("drawAt", "not-an-instant", "must be an instant"));
        return null;
    }
}
