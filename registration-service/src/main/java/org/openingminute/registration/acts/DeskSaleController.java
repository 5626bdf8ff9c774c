package org.openingminute.registration.acts;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Command.SellAtDesk.PaidAtDesk;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.RegistrationRequest;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Sells seats at the desk, with payment on the spot. */
@RestController
class DeskSaleController {

    private final Admissions admissions;
    private final Registrations registrations;
    private final CallerResolver callers;

    DeskSaleController(Admissions admissions, Registrations registrations, CallerResolver callers) {
        this.admissions = admissions;
        this.registrations = registrations;
        this.callers = callers;
    }

    /** A payment taken at the desk. */
    record PaidWanted(@Nullable String reference, @Nullable Money amount) {}

    /**
     * A registration's body and its payment.
     *
     * @param paid {@code null} if there is nothing to pay
     */
    @Schema(name = "DeskSale")
    record SaleWanted(
            RegistrationRequest.@Nullable RequestedContact contact,
            @Nullable List<RegistrationRequest.@Nullable RequestedAttendee> attendees,
            @Nullable String voucher,
            @Schema(allowableValues = "desk") @Nullable String paymentMethod,
            RegistrationRequest.@Nullable RequestedInvoice invoice,
            @Nullable Boolean acceptedCodeOfConduct,
            @Nullable PaidWanted paid) {

        private RegistrationRequest order() {
            return new RegistrationRequest(contact, attendees, voucher, null, invoice, acceptedCodeOfConduct);
        }
    }

    @Operation(
            summary = "Sells seats at the desk",
            description =
                    "The body of a registration with what was paid, which has to be the price. It is confirmed at once, proofs count as"
                            + " seen, and the contact gets a confirmation with the receipt. It needs free seats and no admission.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = SaleWanted.class))))
    @ApiResponse(
            responseCode = "201",
            description = "It is confirmed",
            content = @Content(schema = @Schema(implementation = RegistrationView.class)))
    @PostMapping(path = "/api/admin/conferences/{slug}/registrations", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> sell(
            @PathVariable String slug,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode tree = JsonBody.object(body);
        JsonBody.Body<SaleWanted> read = JsonBody.read(tree, SaleWanted.class);
        IdempotencyKey scopedKey = new IdempotencyKey("desk-sale:" + slug, IdempotencyKey.required(key));
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        registrations.requireConference(slug);
        if (!read.errors().isEmpty()) {
            throw Problem.invalid(read.errors());
        }
        SaleWanted wanted = read.value();
        if (wanted.paymentMethod() != null && !wanted.paymentMethod().equals("desk")) {
            throw Problem.invalid("paymentMethod", "not-one-of", "must be {}", "desk");
        }
        Result.Done done = admissions.executeForReply(new Command.SellAtDesk(
                new Command.Register(slug, scopedKey, RequestHash.of(tree), wanted.order()),
                paid(wanted.paid()),
                organiser.person()));
        return ResponseEntity.created(URI.create("/api/registrations/" + done.registration()))
                .contentType(MediaType.APPLICATION_JSON)
                .body(done.body());
    }

    private static @Nullable PaidAtDesk paid(@Nullable PaidWanted paid) {
        if (paid == null) {
            return null;
        }
        if (paid.amount() == null) {
            throw Problem.invalid("paid.amount", "required", "is required");
        }
        return new PaidAtDesk(ActCall.text("paid.reference", paid.reference()), paid.amount());
    }
}
