package org.openingminute.registration.acts;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.sale.Money;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** What staff decide about one registration, each with a name and a reason. */
@RestController
@RequestMapping(path = "/api/admin/registrations/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
class ActsController {

    private final Acts acts;
    private final Registrations registrations;
    private final CallerResolver callers;

    ActsController(Acts acts, Registrations registrations, CallerResolver callers) {
        this.acts = acts;
        this.registrations = registrations;
        this.callers = callers;
    }

    /** Money to be refunded without a cancellation. */
    record RefundWanted(@Nullable Money amount, @Nullable String reason) {}

    @Operation(
            description = ActCall.DESCRIPTION,
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = RefundWanted.class))))
    @ApiResponse(
            responseCode = "202",
            description = "The registration after it",
            content = @Content(schema = @Schema(implementation = RegistrationRepresentation.class)))
    @ApiResponse(
            responseCode = "200",
            description = "With dryRun=true: what it would do; nothing was changed",
            content = @Content(schema = @Schema(implementation = ActPreview.class)))
    @PostMapping("/refunds")
    ResponseEntity<String> refund(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        ActCall call = new ActCall(dryRun, ifMatch, key);
        AdminRequest<RefundWanted> admin =
                adminRequest(id, Permission.KEEP_ACCOUNTS, request, call, body, RefundWanted.class);
        Money amount = admin.wanted().amount();
        if (amount == null || amount.amount() <= 0) {
            throw Problem.invalid("amount", "not-positive", "is required and must be more than zero");
        }
        String reason = ActCall.text("reason", admin.wanted().reason());
        Registration registration = registrations.require(id);
        return acts.answer(
                call,
                new Command.OrderRefund(
                        registration.conference(),
                        id,
                        new IdempotencyKey("refund:" + id, admin.key()),
                        admin.requestHash(),
                        amount,
                        reason,
                        admin.organiser().person(),
                        call.ifRevision()));
    }

    /** Money that came in another way than by card. */
    record PaidWanted(
            @Nullable String reference,
            @Nullable Money amount,
            @Nullable String receivedAt) {}

    @Operation(
            description = ActCall.DESCRIPTION,
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = PaidWanted.class))))
    @ApiResponse(
            responseCode = "200",
            description = "The registration after it; with dryRun=true what it would do, and nothing was changed",
            content = @Content(schema = @Schema(oneOf = {RegistrationRepresentation.class, ActPreview.class})))
    @PostMapping("/mark-paid")
    ResponseEntity<String> markPaid(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        ActCall call = new ActCall(dryRun, ifMatch, key);
        AdminRequest<PaidWanted> admin =
                adminRequest(id, Permission.KEEP_ACCOUNTS, request, call, body, PaidWanted.class);
        Money amount = admin.wanted().amount();
        if (amount == null) {
            throw Problem.invalid("amount", "required", "is required");
        }
        String reference = ActCall.text("reference", admin.wanted().reference());
        Instant receivedAt = QueryValues.instant(
                "receivedAt", Objects.requireNonNullElse(admin.wanted().receivedAt(), ""));
        Registration registration = registrations.require(id);
        return acts.answer(
                call,
                new Command.MarkPaid(
                        registration.conference(),
                        id,
                        new IdempotencyKey("mark-paid:" + id, admin.key()),
                        admin.requestHash(),
                        reference,
                        amount,
                        receivedAt,
                        admin.organiser().person(),
                        call.ifRevision()));
    }

    /** A cancellation; {@code refund} is {@code policy}, {@code full} or a sum. */
    record CancellationWanted(
            @Nullable String reason,

            @Schema(oneOf = {String.class, Money.class}) @Nullable
            JsonNode refund) {}

    @Operation(
            description = ActCall.DESCRIPTION,
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = CancellationWanted.class))))
    @ApiResponse(
            responseCode = "200",
            description = "The registration after it; with dryRun=true what it would do, and nothing was changed",
            content = @Content(schema = @Schema(oneOf = {RegistrationRepresentation.class, ActPreview.class})))
    @PostMapping("/cancellation")
    ResponseEntity<String> cancel(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        ActCall call = new ActCall(dryRun, ifMatch, key);
        AdminRequest<CancellationWanted> admin =
                adminRequest(id, Permission.ORGANISE, request, call, body, CancellationWanted.class);
        Command.ByOrganiser decided = decided(
                admin.organiser(),
                ActCall.text("reason", admin.wanted().reason()),
                admin.wanted().refund());
        Registration registration = registrations.require(id);
        return acts.answer(
                call,
                new Command.Cancel(
                        registration.conference(),
                        id,
                        new IdempotencyKey("cancel:" + id, admin.key()),
                        admin.requestHash(),
                        null,
                        decided,
                        call.ifRevision()));
    }

    private Command.ByOrganiser decided(Caller.Staff organiser, String reason, @Nullable JsonNode refund) {
        if (refund == null || refund.isNull() || "policy".equals(refund.asString(""))) {
            return new Command.ByOrganiser(organiser.person(), reason, false, null);
        }
        if ("full".equals(refund.asString(""))) {
            return new Command.ByOrganiser(organiser.person(), reason, true, null);
        }
        if (refund.isObject()) {
            return new Command.ByOrganiser(organiser.person(), reason, false, JsonBody.readKnown(refund, Money.class));
        }
        List<FieldError> wrong =
                List.of(FieldError.of("refund", "not-a-refund", "must be policy, full, or a sum of money"));
        throw refund.isString() ? Problem.invalid(wrong) : Problem.malformed(wrong);
    }

    /**
     * An organiser's request, after its form, its key, the caller and its fields' names were checked, in this order.
     */
    private record AdminRequest<T>(T wanted, String key, RequestHash requestHash, Caller.Staff organiser) {}

    private <T> AdminRequest<T> adminRequest(
            UUID id,
            Permission permission,
            HttpServletRequest request,
            ActCall call,
            byte @Nullable [] body,
            Class<T> type) {
        JsonNode tree = JsonBody.object(body);
        JsonBody.Body<T> read = JsonBody.read(tree, type);
        String key = call.requiredKey();
        Caller.Staff organiser = registrations.in(id, callers.staff(request, permission));
        if (!read.errors().isEmpty()) {
            throw Problem.invalid(read.errors());
        }
        return new AdminRequest<>(read.value(), key, RequestHash.of(tree), organiser);
    }
}
