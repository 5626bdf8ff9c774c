package org.openingminute.notification.desk;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.caller.Caller;
import org.openingminute.notification.caller.Callers;
import org.openingminute.notification.caller.Registrant;
import org.openingminute.notification.caller.StaffMember;
import org.openingminute.notification.heard.Heard;
import org.openingminute.notification.heard.HeardRepository;
import org.openingminute.notification.heard.RegistrationState;
import org.openingminute.notification.owed.MailKind;
import org.openingminute.notification.owed.Owed;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.IdempotencyKey;
import org.openingminute.notification.problem.JsonBody;
import org.openingminute.notification.problem.ProblemCode;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends a registrant a mail again. */
@RestController
class RegistrationMailsController {

    private final Callers callers;
    private final HeardRepository heard;
    private final CopyDesk copies;
    private final HourlyLimit limit;
    private final JsonMapper json;

    RegistrationMailsController(
            Callers callers, HeardRepository heard, CopyDesk copies, HourlyLimit limit, JsonMapper json) {
        this.callers = callers;
        this.heard = heard;
        this.copies = copies;
        this.limit = limit;
        this.json = json;
    }

    @Operation(
            summary = "Sends a mail of this registration again, so many times an hour",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = MailRequest.class))))
    @PostMapping(path = "/api/registrations/{id}/mails", consumes = MediaType.APPLICATION_JSON_VALUE)
    MailView sendAgain(
            @PathVariable String id,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            HttpServletRequest request)
            throws IOException {
        JsonNode body = JsonBody.object(request, json);
        JsonNode kind = body.path("kind");
        if (!kind.isMissingNode() && !kind.isNull() && !kind.isString()) {
            throw new ApiProblem(ProblemCode.MALFORMED, "kind must be a text.");
        }
        @Nullable String key = IdempotencyKey.checked(idempotencyKey);
        Caller caller = callers.contactOrStaff(request, id);
        Owed owed = new Owed(kind(body, kind), "");
        UUID registration = known(caller, id);
        String by = switch (caller) {
            case Registrant ignored -> "registrant";
            case StaffMember staff -> staff.account();
        };
        return copies.order(
                new CopyDesk.Order(registration, owed, by),
                key == null
                        ? null
                        : new RememberedAnswers.Key(
                                "mails", registration, key, owed.kind().code()),
                () -> limit.check(registration));
    }

    private static MailKind kind(JsonNode body, JsonNode kind) {
        for (String field : body.propertyNames()) {
            if (!field.equals("kind")) {
                throw ApiProblem.invalid(field, "is not a field of this request");
            }
        }
        return MailKind.of(kind.asString(""))
                // Of these there may be many; an organiser finds each in the list.
                .filter(known -> !known.isAboutSomething())
                .orElseThrow(() -> ApiProblem.invalid("kind", "is no kind of mail"));
    }

    private UUID known(Caller caller, String id) {
        @Nullable
        RegistrationState state =
                Callers.id(id).flatMap(heard::find).map(Heard::registration).orElse(null);
        return switch (caller) {
            case Registrant registrant -> {
                if (state == null) {
                    // The token proves that it exists; its events are on their way.
                    throw new ApiProblem(ProblemCode.UNAVAILABLE, "This registration is not known here yet.")
                            .retryAfter(Duration.ofSeconds(1));
                }
                if (registrant.generation() < state.contactGeneration()) {
                    throw Callers.unauthenticated();
                }
                yield state.id();
            }
            case StaffMember ignored -> {
                if (state == null) {
                    throw new ApiProblem(ProblemCode.NOT_FOUND, "There is no such registration.");
                }
                yield state.id();
            }
        };
    }

    /**
     * What is asked for.
     *
     * @param kind such as {@code confirmation}
     */
    record MailRequest(String kind) {}
}
