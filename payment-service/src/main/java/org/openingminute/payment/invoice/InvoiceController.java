package org.openingminute.payment.invoice;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import org.openingminute.payment.access.Access;
import org.openingminute.payment.bookkeeping.Payments;
import org.openingminute.payment.payment.Payability;
import org.openingminute.payment.payment.Payment;
import org.openingminute.payment.payment.PaymentRequest;
import org.openingminute.payment.receipt.Invoices;
import org.openingminute.payment.web.PdfAnswer;
import org.openingminute.payment.web.Problem;
import org.openingminute.payment.web.ProblemCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Payments")
final class InvoiceController {

    private final Access access;
    private final Payments payments;
    private final Invoices invoices;
    private final Clock clock;

    InvoiceController(Access access, Payments payments, Invoices invoices, Clock clock) {
        this.access = access;
        this.payments = payments;
        this.invoices = invoices;
        this.clock = clock;
    }

    @GetMapping("/api/registrations/{registrationId}/invoice.pdf")
    @Operation(
            summary = "What is to be transferred, until when and where to, of a registration that is paid by invoice")
    ResponseEntity<byte[]> invoice(@PathVariable String registrationId, HttpServletRequest request) {
        Payment payment = payments.find(access.require(request, registrationId).registration())
                .orElseThrow(InvoiceController::none);
        if (payment.demand() == null || payment.demand().request().method() != PaymentRequest.Method.INVOICE) {
            throw none();
        }
        PaymentRequest asked = payment.demand().request();
        Instant dueBy = asked.holdExpiresAt();
        if (payment.payability(clock.instant()) instanceof Payability.Not(Payability.Why why)) {
            throw new Problem(ProblemCode.NOT_PAYABLE, why.sentence());
        }
        if (dueBy == null) {
            throw none();
        }
        return PdfAnswer.of(
                "invoice-" + asked.reference(), invoices.draw(payment, payment.shown(clock.instant()), dueBy));
    }

    private static Problem none() {
        return new Problem(ProblemCode.NOT_FOUND, "There is no invoice.");
    }
}
