package org.openingminute.registration.conferences;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.access.Caller;
import org.openingminute.registration.access.Callers;
import org.openingminute.registration.access.Role;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Answer;
import org.openingminute.registration.decision.Ask;
import org.openingminute.registration.decision.BodyHash;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.ScopedKey;
import org.openingminute.registration.form.DefinitionReader;
import org.openingminute.registration.form.FieldError;
import org.openingminute.registration.form.Fields;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.web.Bodies;
import org.openingminute.registration.web.Problem;
import org.openingminute.registration.web.ProblemCode;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Puts conferences on, opens and pauses their sale, and counts; for organisers. */
@RestController
@RequestMapping("/api/admin/conferences/{slug}")
class AdminConferenceController {

    private static final int LONGEST_TEXT = 500;

    private final Admissions admissions;
    private final Conferences conferences;
    private final StatisticsReader statistics;
    private final Callers callers;
    private final Bodies bodies;

    AdminConferenceController(
            Admissions admissions,
            Conferences conferences,
            StatisticsReader statistics,
            Callers callers,
            Bodies bodies) {
        this.admissions = admissions;
        this.conferences = conferences;
        this.statistics = statistics;
        this.callers = callers;
        this.bodies = bodies;
    }

    @PutMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JsonNode> define(
            @PathVariable String slug,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode source = bodies.tree(body);
        ScopedKey scopedKey = admissions.key("define:" + slug, key);
        Caller.Staff organiser = callers.staff(request, Role.ORGANISER);
        Definition definition = read(source, slug);
        Answer.Done done = admissions.askForAnswer(new Ask.Define(
                scopedKey, BodyHash.of(source), definition, source, RevisionTag.revision(ifMatch), organiser.name()));
        return ResponseEntity.status(done.status())
                .eTag(RevisionTag.of(Documents.tree(done.body()).get("revision").asLong()))
                .body(source);
    }

    private static Definition read(JsonNode source, String slug) {
        return switch (DefinitionReader.read(source, slug)) {
            case DefinitionReader.Read.Ok(Definition definition) -> definition;
            case DefinitionReader.Read.Wrong(List<FieldError> malformed, List<FieldError> invalid) ->
                throw malformed.isEmpty()
                        ? Problem.invalid(invalid)
                        : new Problem(
                                ProblemCode.MALFORMED, "Some fields have a wrong type.", Map.of("errors", malformed));
        };
    }

    @GetMapping
    ResponseEntity<JsonNode> definition(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Role.ORGANISER);
        Conference conference = conferences.requireCurrent(slug);
        return ResponseEntity.ok().eTag(RevisionTag.of(conference.revision())).body(conference.source());
    }

    /** Whether seats are sold. */
    record SaleWanted(@Nullable String state, @Nullable String message) {}

    @PutMapping(path = "/sale", consumes = MediaType.APPLICATION_JSON_VALUE)
    SaleWanted sale(
            @PathVariable String slug,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode tree = bodies.tree(body);
        Bodies.Body<SaleWanted> wanted = bodies.read(tree, SaleWanted.class);
        ScopedKey scopedKey = admissions.key("sale:" + slug, key);
        Caller.Staff organiser = callers.staff(request, Role.ORGANISER);
        if (!wanted.unknown().isEmpty()) {
            throw Problem.invalid(wanted.unknown());
        }
        @Nullable String state = wanted.value().state();
        if (state == null || !List.of("open", "paused").contains(state)) {
            throw Problem.invalid(List.of(new FieldError("state", "must be open or paused")));
        }
        requireReadable(wanted.value().message());
        admissions.ask(new Ask.SetSale(
                slug,
                scopedKey,
                BodyHash.of(tree),
                state.equals("open"),
                wanted.value().message(),
                organiser.name()));
        return wanted.value();
    }

    private static void requireReadable(@Nullable String message) {
        if (message != null && (message.length() > LONGEST_TEXT || Fields.unwritable(message, true))) {
            throw Problem.invalid(List.of(new FieldError(
                    "message", "must be at most " + LONGEST_TEXT + " characters, without control characters")));
        }
    }

    @GetMapping("/statistics")
    StatisticsReader.Statistics statistics(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Role.ORGANISER);
        return statistics.of(conferences.requireCurrent(slug));
    }
}
