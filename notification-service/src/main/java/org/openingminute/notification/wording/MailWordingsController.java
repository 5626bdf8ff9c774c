package org.openingminute.notification.wording;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.composition.MailComposer;
import org.openingminute.notification.composition.OwnWording;
import org.openingminute.notification.composition.OwnWordings;
import org.openingminute.notification.composition.Placeholder;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.wording.WordingRepository.Newest;
import org.openingminute.notification.wording.WordingRepository.WordingPlace;
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
import tools.jackson.databind.json.JsonMapper;

/** Lets organisers read, preview and change the wording of a conference's mails. */
@RestController
@RequestMapping("/api/admin/conferences/{slug}/mails")
class MailWordingsController {

    private static final List<String> LOCALES = List.of("en", "de");

    private final CallerResolver callers;
    private final ProjectionRepository projections;
    private final WordingRepository wordings;
    private final MailComposer composer;

    MailWordingsController(
            CallerResolver callers,
            ProjectionRepository projections,
            WordingRepository wordings,
            MailComposer composer) {
        this.callers = callers;
        this.projections = projections;
        this.wordings = wordings;
        this.composer = composer;
    }

    /** A wording sent by an organiser. */
    @Schema(name = "MailWordingRequest")
    record Request(@Nullable String subject, @Nullable String text) {}

    /** A stored wording. */
    @Schema(name = "MailWording")
    record View(String kind, String locale, String subject, String text, Instant changedAt, String changedBy) {

        static View of(WordingPlace place, KeptWording kept) {
            return new View(
                    place.kind().code(),
                    place.locale(),
                    kept.wording().subject(),
                    kept.wording().text(),
                    kept.changedAt(),
                    kept.changedBy());
        }
    }

    /** A preview of a mail. */
    @Schema(name = "MailPreview")
    record Preview(String subject, String text, String html) {}

    /**
     * A placeholder of a kind of mail.
     *
     * @param neededIn the fields that must contain it: {@code subject}, {@code text}, both or neither
     */
    @Schema(name = "MailPlaceholder")
    record WordingPart(String name, List<String> neededIn) {}

    /**
     * A kind of mail.
     *
     * @param overridden the languages that have an organiser's wording
     */
    @Schema(name = "MailKind")
    record Kind(String kind, List<WordingPart> placeholders, List<String> overridden) {}

    /** The list of all kinds of mail. */
    @Schema(name = "MailKinds")
    record Kinds(List<Kind> items, @Nullable String next) {}

    @Operation(summary = "The kinds of mail, their placeholders, and which have custom wording")
    @GetMapping
    Kinds kinds(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        Set<String> overridden = Set.copyOf(wordings.overridden(conference(slug).slug()));
        return new Kinds(
                Arrays.stream(MailKind.values())
                        .map(kind -> new Kind(
                                kind.code(),
                                Placeholder.of(kind).stream()
                                        .map(one -> new WordingPart(
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

    @Operation(summary = "The custom wording of a kind of mail; 404 where the default applies")
    @GetMapping("/{kind}/{locale}")
    ResponseEntity<View> words(
            @PathVariable String slug,
            @PathVariable String kind,
            @PathVariable String locale,
            HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        WordingPlace place = place(conference(slug), kind, locale);
        return answer(200, place, wordings.newest(place).wording().orElseThrow(MailWordingsController::unknown));
    }

    @Operation(
            summary = "Replaces the default wording of a kind of mail",
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
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        WordingPlace place = place(conference(slug), kind, locale);
        OwnWording wording = WordingForm.checked(body, place.kind());
        Newest before = change(place, wording, ifMatch, organiser);
        KeptWording kept = wordings.newest(place).wording().orElseThrow(MailWordingsController::changed);
        return answer(before.wording().isPresent() ? 200 : 201, place, kept);
    }

    @Operation(summary = "Restores the default wording")
    @DeleteMapping("/{kind}/{locale}")
    ResponseEntity<View> remove(
            @PathVariable String slug,
            @PathVariable String kind,
            @PathVariable String locale,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        WordingPlace place = place(conference(slug), kind, locale);
        Newest before = change(place, null, ifMatch, organiser);
        return ResponseEntity.ok(View.of(place, before.wording().orElseThrow(MailWordingsController::unknown)));
    }

    @Operation(
            summary = "Previews a mail with sample data, in the given wording or, without one, in the present one",
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
        callers.staff(request, Permission.ORGANISE, slug);
        Conference conference = conference(slug);
        WordingPlace place = place(conference, kind, locale);
        OwnWordings given = wordings;
        if (!tree.isEmpty()) {
            OwnWording wording = WordingForm.checked(body, place.kind());
            given = (_, _, _) -> Optional.of(wording);
        }
        SampleState sample = new SampleState(place.kind(), conference, locale);
        ComposedMail mail = composer.compose(sample.due(), sample.projection(), conference, given);
        return new Preview(mail.subject(), mail.keptText(), mail.keptHtml());
    }

    /**
     * Adds a change and returns the wording before it. If another change comes first, a request with a revision is refused, and a request
     * without one is retried.
     */
    private Newest change(
            WordingPlace place, @Nullable OwnWording wording, @Nullable String ifMatch, Caller.Staff organiser) {
        while (true) {
            Newest before = wordings.newest(place);
            if (ifMatch != null && !matches(ifMatch, before)) {
                throw changed();
            }
            if (wording == null && before.wording().isEmpty()) {
                throw unknown();
            }
            if (wordings.add(place, wording, before, organiser.person())) {
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

    private static ResponseEntity<View> answer(int status, WordingPlace place, KeptWording kept) {
        return ResponseEntity.status(status).eTag(tag(kept.revision())).body(View.of(place, kept));
    }

    private static String tag(long revision) {
        return "\"" + revision + "\"";
    }

    private Conference conference(String slug) {
        return projections.findConference(slug).orElseThrow(MailWordingsController::unknown);
    }

    private static WordingPlace place(Conference conference, String kind, String locale) {
        MailKind known = MailKind.of(kind).orElseThrow(MailWordingsController::unknown);
        if (!LOCALES.contains(locale)) {
            throw unknown();
        }
        return new WordingPlace(conference.slug(), known, locale);
    }

    private static Problem unknown() {
        return new Problem(CommonProblem.NOT_FOUND, "There is no such conference, kind of mail, language or wording.");
    }

    private static Problem changed() {
        return new Problem(CommonProblem.CHANGED, "Someone else has changed it in the meantime.");
    }

    /** Builds an invented registration in the state that a kind of mail is about, read from JSON like an event. */
    record SampleState(MailKind kind, Conference conference, String locale) {

        private static final JsonMapper JSON = new JsonMapper();
        private static final UUID NOBODYS = new UUID(0, 0);
        private static final int DAYS_BEFORE = 30;

        DueMail due() {
            String something = kind == MailKind.CONTACT_CHANGED ? "1" : NOBODYS.toString();
            return new DueMail(kind, kind.isAboutSomething() ? something : "");
        }

        RegistrationProjection projection() {
            return new RegistrationProjection(
                    JSON.readValue(registration(), RegistrationSnapshot.class),
                    JSON.readValue(payment(), PaymentSnapshot.class),
                    null);
        }

        private String registration() {
            boolean paid = switch (kind) {
                case CONFIRMATION,
                        CANCELLED,
                        LATE_PAYMENT_REFUNDED,
                        REFUND_MADE,
                        REFUND_FAILED,
                        PAYMENT_DISPUTED,
                        DISPUTE_SETTLED,
                        LINK,
                        CONTACT_CHANGED -> true;
                case PAY_NOW, PAYMENT_FAILED, EXPIRED, PROOF_WANTED, PROOF_ACCEPTED, PROOF_REFUSED -> false;
            };
            return """
                    {"id": "%s", "reference": "SAMPLE-0000", "conference": "%s", "status": "%s",
                     "contact": {"name": "Ada Lovelace", "email": "ada@example.org", "locale": "%s"}, "contactGeneration": 0,
                     "formerContacts": [{"generation": 1, "name": "Ada Lovelace", "email": "ada@example.org", "locale": "%s"}],
                     "attendees": [{"id": "%s", "givenName": "Ada", "familyName": "Lovelace"}],
                     "total": %s, "discount": %s, "tax": %s,
                     "lines": [{"description": "Academic", "attendee": 0, "quantity": 1, "amount": %s}],
                     "holdExpiresAt": "%s", "changedAt": "%s", "captured": %s, "refunded": %s,
                     "reason": %s, "reasonCode": %s, "refundPlanned": %s, "paymentMethod": "card"}
                    """.formatted(
                            NOBODYS,
                            conference.slug(),
                            status(),
                            locale,
                            locale,
                            NOBODYS,
                            money(80_000),
                            money(0),
                            money(0),
                            money(80_000),
                            deadline(),
                            deadline().minus(1, ChronoUnit.DAYS),
                            money(paid ? 80_000 : 0),
                            money(0),
                            reason("cancelled by the registrant"),
                            reason("cancelled-by-registrant"),
                            money(kind == MailKind.LATE_PAYMENT_REFUNDED ? 80_000 : paid ? 40_000 : 0));
        }

        private String status() {
            return switch (kind) {
                case PAY_NOW, PAYMENT_FAILED, PROOF_ACCEPTED -> "pending-payment";
                case CONFIRMATION,
                        REFUND_MADE,
                        REFUND_FAILED,
                        PAYMENT_DISPUTED,
                        DISPUTE_SETTLED,
                        LINK,
                        CONTACT_CHANGED -> "confirmed";
                case EXPIRED, LATE_PAYMENT_REFUNDED -> "expired";
                case CANCELLED -> "cancelled";
                case PROOF_WANTED -> "pending-review";
                case PROOF_REFUSED -> "rejected";
            };
        }

        private String reason(String ofTheCancelled) {
            return kind == MailKind.CANCELLED ? '"' + ofTheCancelled + '"' : "null";
        }

        private String payment() {
            return """
                    {"registration": "%s", "status": "captured", "captures": [{"id": "%s", "amount": %s}],
                     "refunds": [{"id": "%s", "amount": %s, "state": "%s", "at": "%s"}],
                     "disputes": [{"id": "%s", "amount": %s, "state": "open"}], "creditNotes": []}
                    """.formatted(
                            NOBODYS,
                            NOBODYS,
                            money(80_000),
                            NOBODYS,
                            money(40_000),
                            refundState(),
                            deadline(),
                            NOBODYS,
                            money(80_000));
        }

        private String refundState() {
            return kind == MailKind.REFUND_MADE ? "done" : kind == MailKind.REFUND_FAILED ? "failed" : "pending";
        }

        private static String money(int amount) {
            return "{\"amount\": " + amount + ", \"currency\": \"USD\"}";
        }

        private Instant deadline() {
            return conference
                    .startsOn()
                    .minusDays(DAYS_BEFORE)
                    .atTime(LocalTime.NOON)
                    .atZone(conference.zone())
                    .toInstant();
        }
    }
}
