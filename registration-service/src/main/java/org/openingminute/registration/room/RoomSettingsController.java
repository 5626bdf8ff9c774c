package org.openingminute.registration.room;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.room.RoomSettings.Mode;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The waiting room's settings, for organisers. */
@RestController
@RequestMapping("/api/admin/waiting-room/{slug}")
class RoomSettingsController {

    private static final int MOST_PER_SECOND = 10_000;
    /** Whose years have four digits. */
    private static final Instant END_OF_RFC_3339 = Instant.parse("+10000-01-01T00:00:00Z");

    private final RoomRepository rooms;
    private final Conferences conferences;
    private final CallerResolver callers;

    RoomSettingsController(RoomRepository rooms, Conferences conferences, CallerResolver callers) {
        this.rooms = rooms;
        this.conferences = conferences;
        this.callers = callers;
    }

    /** The settings as they are asked for. */
    record RoomWanted(
            @Schema(allowableValues = {"auto", "on", "off"}) @Nullable
            String mode,

            @Schema(format = "date-time") @Nullable String drawAt,

            @Schema(minimum = "1", maximum = "10000") @Nullable
            Double perSecond) {}

    @Operation(summary = "The settings of the waiting room")
    @GetMapping
    RoomSettings settings(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        return rooms.settings(conferences.require(slug).slug());
    }

    @Operation(
            summary = "Sets the waiting room",
            description =
                    "In force everywhere within two seconds. drawAt is business time and, unless it stays as it was, in the"
                            + " future.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = RoomWanted.class))))
    @PutMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    RoomSettings set(
            @PathVariable String slug,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonBody.Body<RoomWanted> wanted = JsonBody.read(JsonBody.object(body), RoomWanted.class);
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        conferences.require(slug);
        RoomSettings before = rooms.settings(slug);
        Instant now = conferences.now();
        RoomSettings after = checked(wanted, before, now);
        rooms.save(slug, before, after, organiser.person(), now);
        return after;
    }

    private static RoomSettings checked(JsonBody.Body<RoomWanted> wanted, RoomSettings before, Instant now) {
        List<FieldError> errors = new ArrayList<>(wanted.errors());
        @Nullable Mode mode = Mode.of(wanted.value().mode()).orElse(null);
        if (mode == null) {
            errors.add(FieldError.of("mode", "not-one-of", "must be {}, {} or {}", "auto", "on", "off"));
        }
        @Nullable Double perSecond = wanted.value().perSecond();
        if (perSecond != null && !(perSecond >= 1 && perSecond <= MOST_PER_SECOND)) {
            errors.add(FieldError.of("perSecond", "out-of-range", "must be between {} and {}", 1, MOST_PER_SECOND));
        }
        @Nullable Instant drawAt = drawAt(wanted.value().drawAt(), errors);
        // A draw that has been stays with its settings.
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
