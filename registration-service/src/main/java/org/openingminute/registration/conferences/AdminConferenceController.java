package org.openingminute.registration.conferences;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.DefinitionReader;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Lets organisers define conferences, open and pause their sale, and see statistics. */
@RestController
@RequestMapping("/api/admin/conferences/{slug}")
class AdminConferenceController {

    private static final int LONGEST_TEXT = 500;

    private final Admissions admissions;
    private final Conferences conferences;
    private final StatisticsReader statistics;
    private final CallerResolver callers;

    AdminConferenceController(
            Admissions admissions, Conferences conferences, StatisticsReader statistics, CallerResolver callers) {
        this.admissions = admissions;
        this.conferences = conferences;
        this.statistics = statistics;
        this.callers = callers;
    }

    @Operation(description = "There is no preview of it: any dryRun but false is invalid, and changes nothing.")
    @PutMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JsonNode> define(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode source = JsonBody.object(body);
        IdempotencyKey scopedKey = admissions.key("define:" + slug, key);
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        requireNoDryRun(dryRun);
        Definition definition = read(source, slug);
        Result.Done done = admissions.executeForReply(new Command.Define(
                scopedKey,
                RequestHash.of(source),
                definition,
                source,
                RevisionTag.revision(ifMatch),
                organiser.person()));
        return ResponseEntity.status(Replies.status(done.how()))
                .eTag(RevisionTag.of(Documents.tree(done.body()).get("revision").asLong()))
                .body(source);
    }

    /**
     * Refuses {@code dryRun}, which definitions do not support; ignoring it would change the sale of a caller who only wanted a preview.
     */
    private static void requireNoDryRun(@Nullable String dryRun) {
        if (dryRun != null && !dryRun.equals("false")) {
            throw Problem.invalid("dryRun", "not-supported", "is not supported for a definition");
        }
    }

    private static Definition read(JsonNode source, String slug) {
        return switch (DefinitionReader.read(source, slug)) {
            case DefinitionReader.ReadDefinition.Ok(Definition definition) -> definition;
            case DefinitionReader.ReadDefinition.Wrong(List<FieldError> malformed, List<FieldError> invalid) ->
                throw malformed.isEmpty() ? Problem.invalid(invalid) : Problem.malformed(malformed);
        };
    }

    @GetMapping
    ResponseEntity<JsonNode> definition(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        Conference conference = conferences.requireCurrent(slug);
        return ResponseEntity.ok().eTag(RevisionTag.of(conference.revision())).body(conference.source());
    }

    /** The wanted state of a sale: open or paused. */
    record SaleWanted(@Nullable String state, @Nullable String message) {}

    @Operation(
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = SaleWanted.class))))
    @PutMapping(path = "/sale", consumes = MediaType.APPLICATION_JSON_VALUE)
    SaleWanted sale(
            @PathVariable String slug,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode tree = JsonBody.object(body);
        JsonBody.Body<SaleWanted> wanted = JsonBody.read(tree, SaleWanted.class);
        IdempotencyKey scopedKey = admissions.key("sale:" + slug, key);
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        if (!wanted.errors().isEmpty()) {
            throw Problem.invalid(wanted.errors());
        }
        @Nullable String state = wanted.value().state();
        if (state == null || !List.of("open", "paused").contains(state)) {
            throw Problem.invalid("state", "not-one-of", "must be {} or {}", "open", "paused");
        }
        requireReadable(wanted.value().message());
        admissions.execute(new Command.SetSale(
                slug,
                scopedKey,
                RequestHash.of(tree),
                state.equals("open"),
                wanted.value().message(),
                organiser.person()));
        return wanted.value();
    }

    private static void requireReadable(@Nullable String message) {
        if (message != null && (message.length() > LONGEST_TEXT || JsonFields.unwritable(message, true))) {
            throw Problem.invalid(
                    "message",
                    message.length() > LONGEST_TEXT ? "too-long" : "control-characters",
                    "must be at most {} characters, without control characters",
                    LONGEST_TEXT);
        }
    }

    @GetMapping("/statistics")
    StatisticsReader.Statistics statistics(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.KEEP_ACCOUNTS, slug);
        return statistics.of(conferences.requireCurrent(slug));
    }
}
