package org.openingminute.notification.maillog;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Awaiter;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Resends a mail to a registrant. */
@RestController
class RegistrationMailsController {

    private static final Duration STAFF_WAIT_AT_MOST = Duration.ofSeconds(2);
    private static final int WAIT_AT_ONCE = 32;

    private final CallerResolver callers;
    private final ProjectionRepository projections;
    private final Resends copies;
    private final HourlyLimit limit;
    private final Awaiter awaiter = new Awaiter(WAIT_AT_ONCE);

    RegistrationMailsController(
            CallerResolver callers, ProjectionRepository projections, Resends copies, HourlyLimit limit) {
        this.callers = callers;
        this.projections = projections;
        this.copies = copies;
        this.limit = limit;
    }

    @Operation(
            summary = "Sends a mail of this registration again; limited per hour",
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
        JsonBody.Body<MailRequest> body = JsonBody.read(JsonBody.object(request), MailRequest.class);
        @Nullable String key = IdempotencyKey.optional(idempotencyKey).orElse(null);
        Caller caller = callers.forContact(request, id, Permission.ORGANISE);
        if (caller instanceof Caller.Staff staff) {
            Ids.read(id).flatMap(this::state).ifPresent(state -> staff.in(state.conference()));
        }
        DueMail due = new DueMail(kind(body), "");
        UUID registration = known(caller, id);
        @Nullable
        Person organiser = switch (caller) {
            case Caller.Registrant _ -> null;
            case Caller.Staff staff -> staff.person();
        };
        return copies.order(
                Resends.ResendOrder.of(registration, due, organiser, "registrant"),
                key == null
                        ? null
                        : new IdempotencyRecords.Key(
                                "mails", registration, key, due.kind().code()),
                () -> limit.check(registration));
    }

    private static MailKind kind(JsonBody.Body<MailRequest> body) {
        if (!body.errors().isEmpty()) {
            throw Problem.invalid(body.errors());
        }
        return Optional.ofNullable(body.value().kind())
                .flatMap(MailKind::of)
                // A registration may have several mails of such a kind; organisers choose one from the list.
                .filter(known -> !known.isAboutSomething())
                .orElseThrow(() -> Problem.invalid("kind", "unknown-kind", "is not a kind of mail"));
    }

    private Optional<RegistrationSnapshot> state(UUID id) {
        return projections.find(id).map(RegistrationProjection::registration);
    }

    private UUID known(Caller caller, String id) {
        return switch (caller) {
            case Caller.Registrant _ -> {
                // The token proves that the registration exists, so its events are on their way.
                RegistrationSnapshot state = Ids.read(id)
                        .flatMap(this::state)
                        .orElseThrow(
                                () -> new Problem(CommonProblem.UNAVAILABLE, "This registration is not known here yet.")
                                        .retryAfter(Duration.ofSeconds(1)));
                caller.requireNotEnded(state.contactGeneration());
                yield state.id();
            }
            case Caller.Staff staff -> {
                // Staff may name any id, but the events of a new registration may also still be on their way.
                RegistrationSnapshot state = Ids.read(id)
                        .flatMap(one -> awaiter.await(() -> state(one), STAFF_WAIT_AT_MOST))
                        .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "There is no such registration."));
                staff.in(state.conference());
                yield state.id();
            }
        };
    }

    /**
     * A request for a copy of a mail.
     *
     * @param kind such as {@code confirmation}
     */
    record MailRequest(@Nullable String kind) {}
}
