package org.openingminute.payment.checkout;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.Page;
import org.openingminute.payment.lifecycle.Attempt;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentStatus;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/payments/{registrationId}")
@Tag(name = "Payments")
final class PaymentController {

    private final CallerResolver callers;
    private final PaymentAwaiter awaiter;
    private final Checkout checkout;
    private final StaffReads reads;

    PaymentController(CallerResolver callers, PaymentAwaiter awaiter, Checkout checkout, StaffReads reads) {
        this.callers = callers;
        this.awaiter = awaiter;
        this.checkout = checkout;
        this.reads = reads;
    }

    record CheckoutAnswer(URI checkoutUrl, Instant expiresAt) {}

    record PaymentAnswer(
            PaymentStatus status, Money due, Money captured, Money refunded, List<CheckoutAttempt> attempts) {}

    /**
     * A payer's attempt to pay.
     *
     * @param at business time
     */
    record CheckoutAttempt(
            Instant at,
            Attempt.AttemptOutcome outcome,
            @Nullable String reason) {}

    @PostMapping("/checkout")
    @Operation(summary = "Where to pay: a new session (201), or the one that is still open (200)")
    ResponseEntity<CheckoutAnswer> checkout(@PathVariable String registrationId, HttpServletRequest request) {
        Checkout.Place place =
                checkout.placeFor(known(request, registrationId, Permission.ORGANISE, "opened the checkout"));
        if (Page.wantedBy(request.getHeader(HttpHeaders.ACCEPT))) {
            return ResponseEntity.status(HttpStatus.SEE_OTHER)
                    .location(place.url())
                    .build();
        }
        return ResponseEntity.status(place.created() ? HttpStatus.CREATED : HttpStatus.OK)
                .cacheControl(CacheControl.noStore())
                .body(new CheckoutAnswer(place.url(), place.expiresAt()));
    }

    @GetMapping
    @Operation(summary = "The state of a payment")
    ResponseEntity<PaymentAnswer> payment(@PathVariable String registrationId, HttpServletRequest request) {
        Payment payment = known(request, registrationId, Permission.KEEP_ACCOUNTS, "opened a payment");
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new PaymentAnswer(
                        payment.status(),
                        Objects.requireNonNull(payment.request(), "a known payment has a request")
                                .body()
                                .due(),
                        payment.captured(),
                        payment.refunded(),
                        payment.attempts().stream()
                                .map(one -> new CheckoutAttempt(one.shownAt(), one.outcome(), one.reason()))
                                .toList()));
    }

    /** Returns the payment. A contact's token proves that the registration exists, so its payment is awaited; staff may name any id. */
    private Payment known(HttpServletRequest request, String registration, Permission ofStaff, String what) {
        return switch (callers.forContact(request, registration, ofStaff)) {
            case Caller.Registrant contact -> {
                Payment payment = awaiter.await(contact.token().registration());
                contact.requireNotEnded(payment.contactGeneration());
                yield payment;
            }
            case Caller.Staff staff -> {
                Payment payment = Ids.read(registration)
                        .flatMap(awaiter::awaitForAMoment)
                        .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "There is no such payment."));
                reads.note(staff, what, payment);
                yield payment;
            }
        };
    }
}
