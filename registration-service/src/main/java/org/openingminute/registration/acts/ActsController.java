package org.openingminute.registration.acts;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.OrderCheck;
import org.openingminute.registration.sale.RegistrationRequest.RequestedContact;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Staff's decisions about a single registration, each with a name and a reason. */
@RestController
@RequestMapping(path = "/api/admin/registrations/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
class ActsController {

    private final Acts acts;
    private final Registrations registrations;
    private final CallerResolver callers;
    private final AddressForm addresses;
    private final Ids ids;

    ActsController(Acts acts, Registrations registrations, CallerResolver callers, AddressForm addresses, Ids ids) {
        this.acts = acts;
        this.registrations = registrations;
        this.callers = callers;
        this.addresses = addresses;
        this.ids = ids;
    }

    /** A refund without a cancellation. */
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
        Sent<RefundWanted> sent = sent(id, Permission.KEEP_ACCOUNTS, request, call, body, RefundWanted.class);
        Money amount = sent.wanted().amount();
        if (amount == null || amount.amount() <= 0) {
            throw Problem.invalid("amount", "not-positive", "is required and must be more than zero");
        }
        String reason = ActCall.text("reason", sent.wanted().reason());
        return acts.answer(
                call,
                new Command.OrderRefund(
                        conference(id),
                        id,
                        sent.key("refund:"),
                        sent.hash(),
                        amount,
                        reason,
                        sent.person(),
                        call.ifRevision()));
    }

    /** A payment received by other means than the card provider. */
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
        Sent<PaidWanted> sent = sent(id, Permission.KEEP_ACCOUNTS, request, call, body, PaidWanted.class);
        Money amount = sent.wanted().amount();
        if (amount == null) {
            throw Problem.invalid("amount", "required", "is required");
        }
        String reference = ActCall.text("reference", sent.wanted().reference());
        Instant receivedAt = QueryValues.instant(
                "receivedAt", Objects.requireNonNullElse(sent.wanted().receivedAt(), ""));
        return acts.answer(
                call,
                new Command.MarkPaid(
                        conference(id),
                        id,
                        sent.key("mark-paid:"),
                        sent.hash(),
                        reference,
                        amount,
                        receivedAt,
                        sent.person(),
                        call.ifRevision()));
    }

    /** A cancellation; {@code refund} is {@code policy}, {@code full} or an amount. */
    record CancellationWanted(
            @Nullable String reason,

            @Schema(
                    implementation = Object.class,
                    oneOf = {String.class, Money.class})
            @Nullable
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
        Sent<CancellationWanted> sent = sent(id, Permission.ORGANISE, request, call, body, CancellationWanted.class);
        Command.ByOrganiser decided = decided(
                sent.person(),
                ActCall.text("reason", sent.wanted().reason()),
                sent.wanted().refund());
        return acts.answer(
                call,
                new Command.Cancel(
                        conference(id), id, sent.key("cancel:"), sent.hash(), null, decided, call.ifRevision()));
    }

    /** Reads the amount as a field, so that errors name it as it is named in the body. */
    record RefundSum(@Nullable Money refund) {}

    private static Command.ByOrganiser decided(Person organiser, String reason, @Nullable JsonNode refund) {
        if (refund == null || refund.isNull() || "policy".equals(refund.asString(""))) {
            return new Command.ByOrganiser(organiser, reason, false, null);
        }
        if ("full".equals(refund.asString(""))) {
            return new Command.ByOrganiser(organiser, reason, true, null);
        }
        if (refund.isObject()) {
            ObjectNode sum = JsonNodeFactory.instance.objectNode();
            sum.set("refund", refund);
            @Nullable Money exact = JsonBody.readKnown(sum, RefundSum.class).refund();
            return new Command.ByOrganiser(organiser, reason, false, exact);
        }
        List<FieldError> wrong =
                List.of(FieldError.of("refund", "not-a-refund", "must be policy, full, or a sum of money"));
        throw refund.isString() ? Problem.invalid(wrong) : Problem.malformed(wrong);
    }

    /** Changed contact details and the reason. */
    record CorrectionWanted(
            @Nullable String name,
            @Nullable String email,
            @Nullable String locale,
            @Nullable String reason) {}

    @Operation(
            summary = "Corrects the contact, and ends its links",
            description =
                    "Only what changes, and the reason. Former links, tokens and cookies end in every service. A new link is mailed"
                            + " to the contact and, if the address changes, a notice without a link to the former one. A correction that"
                            + " changes nothing leaves the links as they are. " + ActCall.DESCRIPTION,
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = CorrectionWanted.class))))
    @ApiResponse(
            responseCode = "200",
            description = "The registration after it; with dryRun=true what it would do, and nothing was changed",
            content = @Content(schema = @Schema(oneOf = {RegistrationRepresentation.class, ActPreview.class})))
    @PatchMapping("/contact")
    ResponseEntity<String> correctContact(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        ActCall call = new ActCall(dryRun, ifMatch, key == null ? ids.next().toString() : key);
        Sent<CorrectionWanted> sent = sent(id, Permission.ORGANISE, request, call, body, CorrectionWanted.class);
        CorrectionWanted wanted = sent.wanted();
        RequestedContact correction = new RequestedContact(wanted.name(), wanted.email(), wanted.locale());
        Conference conference = registrations.requireConference(conference(id));
        List<FieldError> wrong =
                new ArrayList<>(OrderCheck.checkCorrection(conference.definition(), correction, addresses));
        Optional.ofNullable(QueryValues.textError("reason", wanted.reason())).ifPresent(wrong::add);
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
        return acts.answer(
                call,
                new Command.CorrectContact(
                        conference.slug(),
                        id,
                        sent.key("contact:"),
                        sent.hash(),
                        correction,
                        registrations.mailbox(correction),
                        sent.person(),
                        ActCall.text("reason", wanted.reason()),
                        call.ifRevision()));
    }

    private String conference(UUID id) {
        return registrations.require(id).conference();
    }

    /** A validated request. Body, idempotency key, caller and field names are checked in this order. */
    private record Sent<T>(UUID registration, T wanted, String key, RequestHash hash, Person person) {

        IdempotencyKey key(String act) {
            return new IdempotencyKey(act + registration, key);
        }
    }

    private <T> Sent<T> sent(
            UUID id,
            Permission permission,
            HttpServletRequest request,
            ActCall call,
            byte @Nullable [] body,
            Class<T> type) {
        JsonNode tree = JsonBody.object(body);
        JsonBody.Body<T> read = JsonBody.read(tree, type);
        String key = call.requiredKey();
        Caller.Staff staff = registrations.in(id, callers.staff(request, permission));
        if (!read.errors().isEmpty()) {
            throw Problem.invalid(read.errors());
        }
        return new Sent<>(id, read.value(), key, RequestHash.of(tree), staff.person());
    }
}
