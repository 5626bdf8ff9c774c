package org.openingminute.payment.checkout;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.access.Access;
import org.openingminute.payment.access.Caller;
import org.openingminute.payment.money.Money;
import org.openingminute.payment.payment.Payment;
import org.openingminute.payment.payment.PaymentStatus;
import org.openingminute.payment.payment.Try;
import org.openingminute.payment.web.Page;
import org.openingminute.payment.web.Problem;
import org.openingminute.payment.web.ProblemCode;
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

    private final Access access;
    private final Arrivals arrivals;
    private final Checkout checkout;

    PaymentController(Access access, Arrivals arrivals, Checkout checkout) {
        this.access = access;
        this.arrivals = arrivals;
        this.checkout = checkout;
    }

    record CheckoutAnswer(URI checkoutUrl, Instant expiresAt) {}

    record PaymentAnswer(PaymentStatus status, Money due, Money captured, Money refunded, List<Attempt> attempts) {}

    /** @param at business time */
    record Attempt(
            Instant at, Try.Outcome outcome, @Nullable String reason) {}

    @PostMapping("/checkout")
    @Operation(summary = "Where to pay: a new session (201), or the one that is still open (200)")
    ResponseEntity<CheckoutAnswer> checkout(@PathVariable String registrationId, HttpServletRequest request) {
        Checkout.Place place = checkout.placeFor(known(access.require(request, registrationId)));
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
    @Operation(summary = "Where a payment stands")
    ResponseEntity<PaymentAnswer> payment(@PathVariable String registrationId, HttpServletRequest request) {
        Payment payment = known(access.require(request, registrationId));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new PaymentAnswer(
                        payment.status(),
                        Objects.requireNonNull(payment.demand(), "a known payment has a request")
                                .request()
                                .due(),
                        payment.captured(),
                        payment.refunded(),
                        payment.tries().stream()
                                .map(one -> new Attempt(one.shownAt(), one.outcome(), one.reason()))
                                .toList()));
    }

    /** A contact's token says that the registration exists, so its payment will come; staff may name any id. */
    private Payment known(Access.Granted granted) {
        return switch (granted.caller()) {
            case Caller.Contact ignored -> arrivals.await(granted.registration());
            case Caller.Staff ignored ->
                arrivals.now(granted.registration())
                        .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "There is no such payment."));
        };
    }
}
