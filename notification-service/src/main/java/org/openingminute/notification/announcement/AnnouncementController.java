package org.openingminute.notification.announcement;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.notification.announcement.AnnouncementRepository.AnnouncementMade;
import org.openingminute.notification.projection.ProjectionRepository;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lets organisers list, preview and order announcements. */
@RestController
@RequestMapping("/api/admin/conferences/{slug}/announcements")
class AnnouncementController {

    private static final int MOST_BYTES = 128 * 1024;
    private static final int MOST = 200;
    private static final int USUAL = 50;

    private final CallerResolver callers;
    private final ProjectionRepository projections;
    private final AnnouncementRepository announcements;
    private final FanOutJob fanOut;

    AnnouncementController(
            CallerResolver callers,
            ProjectionRepository projections,
            AnnouncementRepository announcements,
            FanOutJob fanOut) {
        this.callers = callers;
        this.projections = projections;
        this.announcements = announcements;
        this.fanOut = fanOut;
    }

    @Operation(
            summary = "Sends one mail to each subscriber of a topic or, for the topic attendees, to each attendee",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = AnnouncementOrder.class))))
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    AnnouncementMade announce(
            @PathVariable String slug,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            HttpServletRequest request)
            throws IOException {
        JsonBody.Body<AnnouncementOrder> body =
                JsonBody.read(JsonBody.object(request, MOST_BYTES), AnnouncementOrder.class);
        @Nullable String key = IdempotencyKey.optional(idempotencyKey).orElse(null);
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        requireConference(slug);
        AnnouncementRequest wanted = AnnouncementRequest.checked(body.value(), body.errors());
        Optional<UUID> made = announcements.insert(slug, wanted, organiser.person(), key);
        UUID id = made.orElseGet(() -> sameAgain(slug, wanted, key));
        fanOut.wake();
        return announcements.made(id);
    }

    private UUID sameAgain(String slug, AnnouncementRequest wanted, @Nullable String key) {
        if (key == null) {
            throw new IllegalStateException("an announcement without a key cannot be a repeat");
        }
        AnnouncementRepository.Keyed before = announcements.keyed(slug, key);
        if (!before.requestHash().equals(wanted.hash())) {
            throw new Problem(CommonProblem.IDEMPOTENCY_KEY_REUSED, "This key belongs to another request.");
        }
        return before.id();
    }

    @Operation(summary = "Lists announcements, newest first, with the progress of their mails")
    @GetMapping
    AnnouncementView.AnnouncementPage list(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        requireConference(slug);
        int most = limit(limit);
        @Nullable
        UUID from = after == null
                ? null
                : Ids.read(after).orElseThrow(() -> Problem.invalid("after", "not-an-id", "is not a valid id"));
        List<AnnouncementView> found = announcements.list(slug, from, most + 1);
        boolean more = found.size() > most;
        List<AnnouncementView> items = more ? found.subList(0, most) : found;
        return new AnnouncementView.AnnouncementPage(
                items, more ? items.getLast().id().toString() : null);
    }

    private void requireConference(String slug) {
        if (projections.findConference(slug).isEmpty()) {
            throw new Problem(CommonProblem.NOT_FOUND, "There is no such conference.");
        }
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return USUAL;
        }
        if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MOST) {
            throw Problem.invalid("limit", "out-of-range", "from {} to {}", 1, MOST);
        }
        return Integer.parseInt(text);
    }

    /**
     * A request for an announcement.
     *
     * @param topic {@code registration, program, keynotes, price-deadline} or {@code attendees}
     * @param body plain text; blank lines separate paragraphs, web addresses become links
     */
    @Schema(name = "AnnouncementRequest")
    record AnnouncementOrder(
            @Nullable String topic,
            @Nullable String subject,
            @Nullable String body) {}
}
