package org.openingminute.registration.proofs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.registration.acts.ActCall;
import org.openingminute.registration.acts.ActPreview;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Lets organisers read, accept and refuse proofs. */
@RestController
@Tag(name = "Proofs")
@RequestMapping("/api/admin/registrations/{id}")
class ReviewController {

    private static final int LONGEST_TEXT = 500;

    private final Reviews reviews;
    private final CallerResolver callers;

    ReviewController(Reviews reviews, CallerResolver callers) {
        this.reviews = reviews;
        this.callers = callers;
    }

    /**
     * An organiser's decision.
     *
     * @param reason required for a refusal; the registrant reads it
     * @param attendeeId the attendee whose proof it is; {@code null} for all proofs that are not accepted yet
     */
    @Schema(name = "Review")
    record ReviewWanted(
            @Nullable Boolean accept,
            @Nullable String reason,
            @Nullable String attendeeId) {}

    @Operation(
            summary = "Accepts or refuses proofs",
            description = "Without an attendee's id, applies to all proofs not accepted yet. Once all are accepted, the"
                    + " registration can be paid. A refusal rejects it at once, with an offer in the category that the"
                    + " definition names as otherwise, if seats are left. A refusal requires a reason, which the"
                    + " registrant reads. " + ActCall.DESCRIPTION,
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = ReviewWanted.class))))
    @ApiResponse(
            responseCode = "200",
            description =
                    "The registration after the review; with dryRun=true what it would do, and nothing was changed",
            content = @Content(schema = @Schema(oneOf = {RegistrationRepresentation.class, ActPreview.class})))
    @PostMapping(path = "/review", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> review(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @org.springframework.web.bind.annotation.RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode tree = JsonBody.object(body);
        JsonBody.Body<ReviewWanted> read = JsonBody.read(tree, ReviewWanted.class);
        IdempotencyKey.optional(key);
        Caller.Staff organiser = reviews.in(id, callers.staff(request, Permission.ORGANISE));
        if (!read.errors().isEmpty()) {
            throw Problem.invalid(read.errors());
        }
        ReviewWanted wanted = read.value();
        if (wanted.accept() == null) {
            throw Problem.invalid("accept", "required", "is required");
        }
        @Nullable String reason = reason(wanted.reason(), !wanted.accept());
        return reviews.judge(
                id,
                tree,
                new ActCall(dryRun, ifMatch, key),
                new Reviews.Verdict(wanted.accept(), wanted.attendeeId(), reason, organiser.person()));
    }

    private static @Nullable String reason(@Nullable String text, boolean required) {
        String reason = text == null ? "" : text.strip();
        if (reason.length() > LONGEST_TEXT) {
            throw Problem.invalid("reason", "too-long", "has more than {} characters", LONGEST_TEXT);
        }
        if (JsonFields.unwritable(reason, true)) {
            throw Problem.invalid("reason", "control-characters", "has control characters");
        }
        if (reason.isEmpty() && required) {
            throw Problem.invalid("reason", "required", "is required for a refusal");
        }
        return reason.isEmpty() ? null : reason;
    }

    @Operation(
            summary = "The uploaded proof of an attendee's category",
            description = "404 if there is none or it has been deleted, thirty days after the decision.")
    @ApiResponse(
            responseCode = "200",
            description = "A PDF, JPEG or PNG file",
            content = {
                @Content(mediaType = MediaType.APPLICATION_PDF_VALUE, schema = @Schema(format = "binary")),
                @Content(mediaType = MediaType.IMAGE_JPEG_VALUE, schema = @Schema(format = "binary")),
                @Content(mediaType = MediaType.IMAGE_PNG_VALUE, schema = @Schema(format = "binary"))
            })
    @GetMapping("/attendees/{attendeeId}/proof")
    ResponseEntity<Resource> proof(@PathVariable UUID id, @PathVariable UUID attendeeId, HttpServletRequest request) {
        Caller.Staff organiser = reviews.in(id, callers.staff(request, Permission.ORGANISE));
        Reviews.Sent sent = reviews.proof(id, attendeeId, organiser.person());
        // The file is untrusted: browsers must save it and must not sniff its type.
        return ResponseEntity.ok()
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(sent.name())
                                .build()
                                .toString())
                .header("X-Content-Type-Options", "nosniff")
                .header(HttpHeaders.CACHE_CONTROL, "private, no-store")
                .contentType(MediaType.parseMediaType(sent.file().type().mediaType()))
                .body(sent.file().content());
    }
}
