package org.openingminute.payment.refunds;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.store.Payments;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lists the refunds that organisers have to transfer, and marks refunds as transferred. */
@RestController
@RequestMapping("/api/payments")
@Tag(name = "Payments")
final class TransferController {

    private static final int MOST = 200;

    private final CallerResolver callers;
    private final TransferRepository transfers;
    private final Payments payments;
    private final RefundTransfers transferred;

    TransferController(
            CallerResolver callers, TransferRepository transfers, Payments payments, RefundTransfers transferred) {
        this.callers = callers;
        this.transfers = transfers;
        this.payments = payments;
        this.transferred = transferred;
    }

    record TransfersAnswer(
            List<TransferRepository.WaitingTransfer> items,
            @Nullable UUID next) {}

    /**
     * A report that a refund was transferred.
     *
     * @param reference the bank's reference of the transfer
     */
    record Made(@Nullable String reference) {}

    record TransferAnswer(UUID refund, UUID registration, Money amount, String state, String reference, String by) {}

    @GetMapping("/transfers")
    @Operation(summary = "Refunds of bank transfers that an organiser has to transfer back")
    ResponseEntity<TransfersAnswer> waiting(
            @RequestParam(required = false) @Nullable String conference,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam(required = false) @Nullable UUID after,
            HttpServletRequest request) {
        Caller.Staff staff = callers.staff(request, Permission.KEEP_ACCOUNTS);
        Caller.Staff reader = conference == null ? staff : staff.in(conference);
        if (limit < 1 || limit > MOST) {
            throw Problem.invalid("limit", "out-of-range", "must be from {} to {}", 1, MOST);
        }
        List<TransferRepository.WaitingTransfer> items =
                transfers.waiting(conference == null ? reader.scopes().orElse(null) : Set.of(conference), after, limit);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new TransfersAnswer(
                        items, items.size() == limit ? items.getLast().refund() : null));
    }

    /** Needs no idempotency key, because a repeat has the same effect. */
    @PostMapping(path = "/{registrationId}/refunds/{refundId}/transfer", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "Reports that a refund was transferred",
            requestBody =
                    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = Made.class))))
    ResponseEntity<TransferAnswer> made(
            @PathVariable UUID registrationId, @PathVariable UUID refundId, HttpServletRequest request)
            throws IOException {
        JsonBody.Body<Made> made = JsonBody.read(JsonBody.object(request), Made.class);
        Caller.Staff staff = callers.staff(request, Permission.KEEP_ACCOUNTS);
        Optional<Payment> known = payments.find(registrationId);
        Caller.Staff organiser =
                known.map(payment -> staff.in(payment.conference())).orElse(staff);
        if (!made.errors().isEmpty()) {
            throw Problem.invalid(made.errors());
        }
        String reference = RefundTransfers.reference(made.value().reference());
        Payment payment = known.orElseThrow(RefundTransfers::unknown);
        Refund now = transferred.note(payment, refundId, reference, organiser.person());
        return ResponseEntity.ok(new TransferAnswer(
                now.id(),
                registrationId,
                now.amount(),
                "done",
                reference,
                Objects.requireNonNullElse(now.transferredBy(), organiser.account())));
    }
}
