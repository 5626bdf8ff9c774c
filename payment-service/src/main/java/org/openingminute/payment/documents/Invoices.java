package org.openingminute.payment.documents;

import java.time.Instant;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.lifecycle.Payment;
import org.springframework.stereotype.Component;

/** Pro forma invoices, drawn from the amount due now and never issued. */
@Component
public final class Invoices {

    private final BoundedDrawing drawing;
    private final Issuer issuer;

    Invoices(BoundedDrawing drawing, PaymentServiceSettings settings) {
        this.drawing = drawing;
        this.issuer = Issuer.of(settings);
    }

    /**
     * Draws an invoice as PDF.
     *
     * @param payment with a known amount due
     * @param at business time of the call
     * @param dueBy business time
     * @throws org.openingminute.kit.problem.Problem 503 if too many documents are being drawn
     */
    public byte[] draw(Payment payment, Instant at, Instant dueBy) {
        return drawing.draw(DocumentBody.invoice(payment, at, dueBy, issuer));
    }
}
