package org.openingminute.notification.wording;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.notification.composing.ComposedMail;
import org.openingminute.notification.composing.MailComposer;
import org.openingminute.notification.composing.OwnWording;
import org.openingminute.notification.composing.OwnWordings;
import org.openingminute.notification.composing.Placeholder;
import org.openingminute.notification.heard.Conference;
import org.openingminute.notification.heard.HeardRepository;
import org.openingminute.notification.owed.MailKind;
import org.openingminute.notification.wording.WordingRepository.Newest;
import org.openingminute.notification.wording.WordingRepository.Place;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** What a conference's mails say in its organisers' words. */
@RestController
@RequestMapping("/api/admin/conferences/{slug}/mails")
class MailWordingsController {

    private static final List<String> LOCALES = List.of("en", "de");

    private final CallerResolver callers;
    private final HeardRepository heard;
    private final WordingRepository wordings;
    private final MailComposer composer;

    MailWordingsController(
            CallerResolver callers, HeardRepository heard, WordingRepository wordings, MailComposer composer) {
        this.callers = callers;
        this.heard = heard;
        this.wordings = wordings;
        this.composer = composer;
    }

    /** What an organiser sends. */
    @Schema(name = "MailWordingRequest")
    record Request(@Nullable String subject, @Nullable String text) {}

    /** Words that hold. */
    @Schema(name = "MailWording")
    record View(String kind, String locale, String subject, String text, Instant changedAt, String changedBy) {

        static View of(Place place, KeptWording kept) {
            return new View(
                    place.kind().code(),
                    place.locale(),
                    kept.wording().subject(),
                    kept.wording().text(),
                    kept.changedAt(),
                    kept.changedBy());
        }
    }

    /** A mail as it would be. */
    @Schema(name = "MailPreview")
    record Preview(String subject, String text, String html) {}

    /**
     * A placeholder of a kind of mail.
     *
     * @param neededIn where it must stand: {@code subject}, {@code text}, both or neither
     */
    @Schema(name = "MailPlaceholder")
    record Part(String name, List<String> neededIn) {}

    /**
     * A kind of mail.
     *
     * @param overridden the languages in which organisers' words hold
     */
    @Schema(name = "MailKind")
    record Kind(String kind, List<Part> placeholders, List<String> overridden) {}

    /** All kinds. */
    @Schema(name = "MailKinds")
    record Kinds(List<Kind> items, @Nullable String next) {}

    @Operation(summary = "The kinds of mail, what can stand in their words, and which were rewritten")
    @GetMapping
    Kinds kinds(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Role.ORGANISER);
        Set<String> overridden = Set.copyOf(wordings.overridden(conference(slug).slug()));
        return new Kinds(
                Arrays.stream(MailKind.values())
                        .map(kind -> new Kind(
                                kind.code(),
                                Placeholder.of(kind).stream()
                                        .map(one -> new Part(
                                                one.code(),
                                                one.neededIn(kind).stream()
                                                        .sorted()
                                                        .toList()))
                                        .toList(),
                                LOCALES.stream()
                                        .filter(locale -> overridden.contains(kind.code() + " " + locale))
                                        .toList()))
                        .toList(),
                null);
    }

    @Operation(summary = "An organiser's words for a kind of mail; 404 where ours hold")
    @GetMapping("/{kind}/{locale}")
    ResponseEntity<View> words(
            @PathVariable String slug,
            @PathVariable String kind,
            @PathVariable String locale,
            HttpServletRequest request) {
        callers.staff(request, Role.ORGANISER);
        Place place = place(conference(slug), kind, locale);
        return answer(200, place, wordings.newest(place).wording().orElseThrow(MailWordingsController::unknown));
    }

    @Operation(
            summary = "Puts an organiser's words in place of ours",
            requestBody =
                    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = Request.class))))
    @PutMapping(path = "/{kind}/{locale}", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<View> set(
            @PathVariable String slug,
            @PathVariable String kind,
            @PathVariable String locale,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            HttpServletRequest request)
            throws IOException {
        JsonBody.Body<Request> body = JsonBody.read(JsonBody.object(request), Request.class);
        Caller.Staff organiser = callers.staff(request, Role.ORGANISER);
        Place place = place(conference(slug), kind, locale);
        OwnWording wording = WordingForm.checked(body, place.kind());
        Newest before = change(place, wording, ifMatch, organiser);
        KeptWording kept = wordings.newest(place).wording().orElseThrow(MailWordingsController::changed);
        return answer(before.wording().isPresent() ? 200 : 201, place, kept);
    }

    @Operation(summary = "Puts our words back")
    @DeleteMapping("/{kind}/{locale}")
    ResponseEntity<View> remove(
            @PathVariable String slug,
            @PathVariable String kind,
            @PathVariable String locale,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        Caller.Staff organiser = callers.staff(request, Role.ORGANISER);
        Place place = place(conference(slug), kind, locale);
        Newest before = change(place, null, ifMatch, organiser);
        return ResponseEntity.ok(View.of(place, before.wording().orElseThrow(MailWordingsController::unknown)));
    }

    @Operation(
            summary = "A mail of invented data, in given words or, without any, in those that hold",
            requestBody =
                    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = Request.class))))
    @PostMapping(path = "/{kind}/{locale}/preview", consumes = MediaType.APPLICATION_JSON_VALUE)
    Preview preview(
            @PathVariable String slug,
            @PathVariable String kind,
            @PathVariable String locale,
            HttpServletRequest request)
            throws IOException {
        JsonNode tree = JsonBody.object(request);
        JsonBody.Body<Request> body = JsonBody.read(tree, Request.class);
        callers.staff(request, Role.ORGANISER);
        Conference conference = conference(slug);
        Place place = place(conference, kind, locale);
        OwnWordings given = wordings;
        if (!tree.isEmpty()) {
            OwnWording wording = WordingForm.checked(body, place.kind());
            given = (_, _, _) -> Optional.of(wording);
        }
        SampleState sample = new SampleState(place.kind(), conference, locale);
        ComposedMail mail = composer.compose(sample.owed(), sample.heard(), conference, given);
        return new Preview(mail.subject(), mail.keptText(), mail.keptHtml());
    }

    /** Adds a change; returns what held before. Who named a revision loses the race against others, who did not wins it. */
    private Newest change(Place place, @Nullable OwnWording wording, @Nullable String ifMatch, Caller.Staff organiser) {
        while (true) {
            Newest before = wordings.newest(place);
            if (ifMatch != null && !matches(ifMatch, before)) {
                throw changed();
            }
            if (wording == null && before.wording().isEmpty()) {
                throw unknown();
            }
            if (wordings.add(place, wording, before.revision(), organiser.account())) {
                return before;
            }
        }
    }

    private static boolean matches(String ifMatch, Newest before) {
        return before.wording().isPresent()
                && Stream.of(ifMatch.split(","))
                        .map(tag -> tag.strip().replaceFirst("^W/", ""))
                        .anyMatch(tag -> tag.equals("*") || tag.equals(tag(before.revision())));
    }

    private static ResponseEntity<View> answer(int status, Place place, KeptWording kept) {
        return ResponseEntity.status(status).eTag(tag(kept.revision())).body(View.of(place, kept));
    }

    private static String tag(long revision) {
        return "\"" + revision + "\"";
    }

    private Conference conference(String slug) {
        return heard.findConference(slug).orElseThrow(MailWordingsController::unknown);
    }

    private static Place place(Conference conference, String kind, String locale) {
        MailKind known = MailKind.of(kind).orElseThrow(MailWordingsController::unknown);
        if (!LOCALES.contains(locale)) {
            throw unknown();
        }
        return new Place(conference.slug(), known, locale);
    }

    private static Problem unknown() {
        return new Problem(CommonProblem.NOT_FOUND, "There is no such conference, kind of mail, language or wording.");
    }

    private static Problem changed() {
        return new Problem(CommonProblem.CHANGED, "Somebody else has changed it meanwhile.");
    }
}
