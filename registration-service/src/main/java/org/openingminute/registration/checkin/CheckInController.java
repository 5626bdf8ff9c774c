package org.openingminute.registration.checkin;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.checkin.CheckIns.Admitted;
import org.openingminute.registration.checkin.CheckIns.Arrival;
import org.openingminute.registration.lifecycle.Attendee.BookedAddOn;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Lets helpers at a gate check people in. */
@RestController
@Tag(name = "Check-in")
@RequestMapping("/api/admin/check-ins")
class CheckInController {

    private static final String SLUG = "[a-z0-9-]{1,63}";
    private static final int LONGEST_GATE = 100;
    private static final int LONGEST_REASON = 500;

    private final CheckIns checkIns;
    private final CallerResolver callers;

    CheckInController(CheckIns checkIns, CallerResolver callers) {
        this.checkIns = checkIns;
        this.callers = callers;
    }

    /**
     * A check-in request from a gate.
     *
     * @param ticket the text of the ticket's QR code
     * @param attendee the attendee's id, instead of a ticket
     * @param conference the slug of the gate's conference; tickets of other conferences are refused
     * @param at the time of an earlier scan; a time in the future, before the sale or more than 30 days ago counts as now
     */
    @Schema(name = "CheckInRequest")
    record CheckInWanted(
            @Nullable String ticket,
            @Nullable String attendee,
            @Nullable String conference,
            @Nullable String gate,
            @Nullable String at) {}

    /**
     * A check-in.
     *
     * @param at business time
     * @param undone {@code null} unless the check-in was undone
     */
    @Schema(name = "CheckIn")
    record CheckInView(
            UUID id,
            UUID attendee,
            UUID registration,
            String name,
            String category,
            List<BookedAddOn> addOns,
            String gate,
            Instant at,
            CheckIn.@Nullable Undone undone) {

        static CheckInView of(Admitted admitted) {
            return of(admitted.checkIn(), admitted.holder());
        }

        static CheckInView of(CheckIn checkIn, TicketHolders.TicketHolder holder) {
            return new CheckInView(
                    checkIn.id(),
                    checkIn.attendee(),
                    checkIn.registration(),
                    holder.name(),
                    holder.attendee().category(),
                    holder.attendee().addOns(),
                    checkIn.gate(),
                    checkIn.at(),
                    checkIn.undone());
        }
    }

    @Operation(
            summary = "Checks an attendee in, once",
            description =
                    "By the text of a ticket, or by the attendee's id. A second time is 409 already-checked-in, with at"
                            + " and gate of the first. A ticket that has ended, is frozen by a dispute or belongs to another"
                            + " conference than the one named is 409 not-allowed-now with ticket: ended, frozen, other-conference;"
                            + " none is an attendee's whose registration is not confirmed.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = CheckInWanted.class))))
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    CheckInView checkIn(
            @RequestHeader(name = IdempotencyKey.HEADER, required = false) @Nullable String key,
            @org.springframework.web.bind.annotation.RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode tree = JsonBody.object(body);
        JsonBody.Body<CheckInWanted> read = JsonBody.read(tree, CheckInWanted.class);
        Optional<String> sent = IdempotencyKey.optional(key);
        Caller.Staff caller = callers.staff(request, Permission.ADMIT);
        @Nullable String conference = read.value().conference();
        Caller.Staff here = conference == null ? caller : caller.in(conference);
        Arrival arrival = arrival(read);
        return CheckInView.of(checkIns.checkIn(
                arrival,
                sent.map(one -> new CheckInRepository.CheckInKey(
                                one, RequestHash.of(tree).hex()))
                        .orElse(null),
                here));
    }

    private static Arrival arrival(JsonBody.Body<CheckInWanted> read) {
        CheckInWanted wanted = read.value();
        List<FieldError> errors = new ArrayList<>(read.errors());
        if ((wanted.ticket() == null) == (wanted.attendee() == null)) {
            errors.add(FieldError.of("ticket", "required", "is required, or an attendee in its place"));
        }
        String gate = wanted.gate() == null ? "" : wanted.gate().strip();
        if (gate.isEmpty() || gate.length() > LONGEST_GATE || JsonFields.unwritable(gate, false)) {
            errors.add(FieldError.of(
                    "gate",
                    gate.isEmpty() ? "required" : gate.length() > LONGEST_GATE ? "too-long" : "not-one-line",
                    "is required, one line of {} characters at most",
                    LONGEST_GATE));
        }
        if (wanted.conference() != null && !wanted.conference().matches(SLUG)) {
            errors.add(FieldError.of("conference", "not-a-conference", "must be the slug of a conference"));
        }
        @Nullable
        UUID attendee =
                wanted.attendee() == null ? null : Ids.read(wanted.attendee()).orElse(null);
        if (wanted.attendee() != null && attendee == null) {
            errors.add(FieldError.of("attendee", "not-an-id", "is not a valid id"));
        }
        @Nullable Instant at = instant(wanted.at(), errors);
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        return new Arrival(wanted.ticket(), attendee, wanted.conference(), gate, at);
    }

    private static @Nullable Instant instant(@Nullable String text, List<FieldError> errors) {
        if (text == null) {
            return null;
        }
        try {
            // Only four-digit years: the database refuses instants outside its type's range.
            if (text.matches("[0-9]{4}-.{1,60}")) {
                return Instant.parse(text);
            }
        } catch (DateTimeException e) {
            // The error is reported below.
        }
        errors.add(FieldError.of("at", "not-an-instant", "must be an instant"));
        return null;
    }

    /** The reason for undoing a check-in. */
    @Schema(name = "CheckInUndo")
    record UndoWanted(@Nullable String reason) {}

    @Operation(
            summary = "Takes a check-in back; the attendee can come in again",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = UndoWanted.class))))
    @PostMapping(path = "/{checkInId}/undo", consumes = MediaType.APPLICATION_JSON_VALUE)
    CheckInView undo(
            @PathVariable UUID checkInId,
            @org.springframework.web.bind.annotation.RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonBody.Body<UndoWanted> read = JsonBody.read(JsonBody.object(body), UndoWanted.class);
        Caller.Staff caller = checkIns.in(checkInId, callers.staff(request, Permission.ADMIT));
        if (!read.errors().isEmpty()) {
            throw Problem.invalid(read.errors());
        }
        return CheckInView.of(checkIns.undo(checkInId, reason(read.value().reason()), caller));
    }

    private static String reason(@Nullable String text) {
        String reason = text == null ? "" : text.strip();
        if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
            throw Problem.invalid(
                    "reason",
                    reason.isEmpty() ? "required" : "too-long",
                    "is required, {} characters at most",
                    LONGEST_REASON);
        }
        if (JsonFields.unwritable(reason, true)) {
            throw Problem.invalid("reason", "control-characters", "has control characters");
        }
        return reason;
    }
}
