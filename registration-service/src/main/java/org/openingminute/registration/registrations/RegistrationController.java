package org.openingminute.registration.registrations;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.conferences.RevisionTag;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Command.Register.PresentedAdmission;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.room.RoomEntry;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RefundPolicy;
import org.openingminute.registration.sale.RegistrationRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Registrants' API: quotes prices, and creates, reads and cancels registrations. */
@RestController
class RegistrationController {

    private final Admissions admissions;
    private final Registrations registrations;
    private final CallerResolver callers;
    private final RoomEntry rooms;

    RegistrationController(
            Admissions admissions, Registrations registrations, CallerResolver callers, RoomEntry rooms) {
        this.admissions = admissions;
        this.registrations = registrations;
        this.callers = callers;
        this.rooms = rooms;
    }

    /** A new registration and the access token of its contact. */
    @Schema(name = "NewRegistration")
    record Made(@JsonUnwrapped RegistrationView registration, String accessToken) {}

    @Operation(
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = RegistrationRequest.class))))
    @PostMapping(path = "/api/conferences/{slug}/quotes", consumes = MediaType.APPLICATION_JSON_VALUE)
    Quote quote(
            @PathVariable String slug, @RequestBody(required = false) byte @Nullable [] body, HttpServletRequest call) {
        JsonBody.Body<RegistrationRequest> request = JsonBody.read(JsonBody.object(body), RegistrationRequest.class);
        Conference conference = registrations.requireConference(slug);
        if (!request.errors().isEmpty()) {
            throw Problem.invalid(request.errors());
        }
        return registrations.quote(call, conference, request.value());
    }

    @Operation(
            description =
                    "While a waiting room is open in front of the sale, a request needs an admission of it. It is good for one"
                            + " registration; a refusal, or the end of its hold, gives it back.",
            parameters =
                    @Parameter(
                            name = "Admission-Token",
                            in = ParameterIn.HEADER,
                            description = "From a place in the waiting room whose turn it is; a browser's is a cookie",
                            schema = @Schema(type = "string")),
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = RegistrationRequest.class))))
    @ApiResponse(
            responseCode = "201",
            description = "The seats are held",
            content = @Content(schema = @Schema(implementation = Made.class)))
    @ApiResponse(
            responseCode = "503",
            description = "Nothing was changed, or not known to be. The same request may be sent again",
            headers = {
                @Header(
                        name = "Retry-After",
                        description = "After how many seconds",
                        schema = @Schema(type = "integer")),
                @Header(
                        name = "Admission-Token",
                        description =
                                "The request's admission, two minutes longer (an hour in all at most), for the next"
                                        + " try; a browser's is a cookie",
                        schema = @Schema(type = "string"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                            schema = @Schema(ref = "#/components/schemas/Problem")))
    @PostMapping(path = "/api/conferences/{slug}/registrations", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> register(
            @PathVariable String slug,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest call) {
        JsonNode tree = JsonBody.object(body);
        JsonBody.Body<RegistrationRequest> request = JsonBody.read(tree, RegistrationRequest.class);
        IdempotencyKey scopedKey = new IdempotencyKey("register:" + slug, IdempotencyKey.required(key));
        registrations.requireConference(slug);
        @Nullable PresentedAdmission admission = rooms.require(slug, scopedKey, call, null);
        if (!request.errors().isEmpty()) {
            throw Problem.invalid(request.errors());
        }
        Command.Register command = new Command.Register(
                slug,
                scopedKey,
                RequestHash.of(tree),
                request.value(),
                registrations.countedBy(call, request.value()),
                null);
        Result.Done done = registrations.tried(
                call,
                slug,
                request.value(),
                scopedKey,
                () -> admissions.executeForReply(command.admittedBy(admission)));
        UUID id = registrationOf(done);
        // The token is derived each time and never stored.
        String answer = Documents.with(done.body(), "accessToken", callers.contactToken(id, 0));
        return ResponseEntity.created(URI.create("/api/registrations/" + id))
                .contentType(MediaType.APPLICATION_JSON)
                .body(answer);
    }

    @Operation(
            summary = "A registration",
            description =
                    "The contact and organisers see all of it. An attendee sees id, reference, conference, status and the"
                            + " own data, staff at check-in no contact, addresses, diets, access needs, lines or payment, finance no"
                            + " diets, access needs and proofs, operators of the people only ids and categories. Only the contact,"
                            + " organisers and finance see the voucher and a reason in an organiser's own words. What is left out is"
                            + " null. The ETag is the revision: a write with If-Match is done only at that one, else 412 changed.")
    @GetMapping("/api/registrations/{id}")
    ResponseEntity<RegistrationRepresentation> registration(@PathVariable UUID id, HttpServletRequest request) {
        Registrations.Opened opened = registrations.forCaller(request, id, Permission.READ_REGISTRATION);
        return ResponseEntity.ok()
                .header(HttpHeaders.CACHE_CONTROL, "private, no-store")
                .eTag(RevisionTag.of(opened.registration().revision()))
                .body(registrations.represent(opened));
    }

    /** The timeline, oldest first, in plain sentences. */
    record Timeline(List<TimelineRepository.Entry> items) {}

    @GetMapping("/api/registrations/{id}/timeline")
    Timeline timeline(@PathVariable UUID id, HttpServletRequest request) {
        registrations.forContact(request, id);
        return new Timeline(registrations.timeline(id));
    }

    @ApiResponse(
            responseCode = "200",
            description = "The registration after it",
            content = @Content(schema = @Schema(implementation = RegistrationRepresentation.class)))
    @PostMapping("/api/registrations/{id}/hold-extension")
    ResponseEntity<String> extend(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            HttpServletRequest request) {
        IdempotencyKey scopedKey = admissions.key("extend:" + id, key);
        Registrations.Opened opened = registrations.forContact(request, id);
        return Replies.of(admissions.executeForReply(new Command.Extend(
                opened.registration().conference(),
                id,
                scopedKey,
                RequestHash.of(JsonNodeFactory.instance.objectNode()),
                opened.organiser(),
                RevisionTag.revision(ifMatch))));
    }

    /** The refund of a cancellation now, and the sentence of the policy behind it. */
    record CancellationQuote(Money refund, String policy) {}

    @GetMapping("/api/registrations/{id}/cancellation")
    CancellationQuote cancellation(@PathVariable UUID id, HttpServletRequest request) {
        Registration registration = registrations.forContact(request, id).registration();
        if (registration.money().disputeOpen()) {
            throw new Problem(CommonProblem.NOT_ALLOWED_NOW, "The payment is disputed.");
        }
        RefundPolicy.QuotedRefund refund = registrations.refundNow(registration);
        return new CancellationQuote(refund.amount(), refund.policy());
    }

    /** The body of a cancellation. All fields are optional. */
    record CancellationRequest(@Nullable Money refund) {}

    @Operation(
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = false,
                            content = @Content(schema = @Schema(implementation = CancellationRequest.class))))
    @ApiResponse(
            responseCode = "200",
            description = "The registration after it",
            content = @Content(schema = @Schema(implementation = RegistrationRepresentation.class)))
    @PostMapping(path = "/api/registrations/{id}/cancellation", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> cancel(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode tree =
                body == null || body.length == 0 ? JsonNodeFactory.instance.objectNode() : JsonBody.object(body);
        JsonBody.Body<CancellationRequest> wanted = JsonBody.read(tree, CancellationRequest.class);
        String required = IdempotencyKey.required(key);
        Registrations.Opened opened = registrations.forContact(request, id);
        if (!wanted.errors().isEmpty()) {
            throw Problem.invalid(wanted.errors());
        }
        return Replies.of(admissions.executeForReply(new Command.Cancel(
                opened.registration().conference(),
                id,
                new IdempotencyKey("cancel:" + id, required),
                RequestHash.of(tree),
                wanted.value().refund(),
                opened.onBehalf(),
                RevisionTag.revision(ifMatch))));
    }

    private static UUID registrationOf(Result.Done done) {
        UUID id = done.registration();
        if (id == null) {
            throw new IllegalStateException("a registration has an id");
        }
        return id;
    }
}
