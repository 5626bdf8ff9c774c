package org.openingminute.payment.checkout;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.PdfResponse;
import org.openingminute.payment.PaymentProblem;
import org.openingminute.payment.documents.Invoices;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;
import org.openingminute.payment.store.Payments;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Payments")
final class InvoiceController {

    private final CallerResolver callers;
    private final Payments payments;
    private final Invoices invoices;
    private final Clock clock;
    private final StaffReads reads;
    private final PaymentAwaiter awaiter;

    InvoiceController(
            CallerResolver callers,
            Payments payments,
            Invoices invoices,
            Clock clock,
            StaffReads reads,
            PaymentAwaiter awaiter) {
        this.callers = callers;
        this.payments = payments;
        this.invoices = invoices;
        this.clock = clock;
        this.reads = reads;
        this.awaiter = awaiter;
    }

    @GetMapping("/api/registrations/{registrationId}/invoice.pdf")
    @Operation(summary = "The invoice: how much to transfer, by when and to which account")
    ResponseEntity<byte[]> invoice(@PathVariable String registrationId, HttpServletRequest request) {
        Caller caller = callers.forContact(request, registrationId, Permission.KEEP_ACCOUNTS);
        Payment payment = Ids.read(registrationId)
                .flatMap(id -> payments.find(id).or(() -> awaiter.awaitForAMoment(id)))
                .orElseThrow(InvoiceController::none);
        caller.requireNotEnded(payment.contactGeneration());
        if (caller instanceof Caller.Staff staff) {
            reads.note(staff, "opened an invoice", payment);
        }
        if (payment.request() == null || payment.request().body().method() != PaymentRequest.Method.INVOICE) {
            throw none();
        }
        PaymentRequest wanted = payment.request().body();
        Instant dueBy = wanted.dueBy();
        if (payment.payability(clock.instant()) instanceof Payability.Not(Payability.Why why)) {
            throw new Problem(PaymentProblem.NOT_PAYABLE, why.sentence()).because(why.reason());
        }
        if (dueBy == null) {
            throw none();
        }
        return PdfResponse.of(
                "invoice-" + wanted.reference(), invoices.draw(payment, payment.shown(clock.instant()), dueBy));
    }

    private static Problem none() {
        return new Problem(CommonProblem.NOT_FOUND, "There is no invoice.");
    }
}
