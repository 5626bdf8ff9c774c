package org.openingminute.registration.room;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.registration.room.Rooms.RoomWanted;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lets organisers read and change the waiting room's settings. */
@RestController
@RequestMapping("/api/admin/waiting-room/{slug}")
class RoomSettingsController {

    private final Rooms rooms;
    private final CallerResolver callers;

    RoomSettingsController(Rooms rooms, CallerResolver callers) {
        this.rooms = rooms;
        this.callers = callers;
    }

    @Operation(summary = "The settings of the waiting room")
    @GetMapping
    RoomSettings settings(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        return rooms.settings(slug);
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
        return rooms.set(slug, wanted.value(), wanted.errors(), organiser.person());
    }
}
