package org.openingminute.payment.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.TransferRules.Transfer;

/** Of what a document is made. */
class DocumentBodyTest {

    private static final Instant T0 = Instant.parse("2026-02-02T17:00:00Z");
    private static final Issuer ISSUER = new Issuer(null, "IBAN XX00", true);

    @Test
    void only_a_credit_note_is_for_another_document() {
        Payment payment = paid(transfer(1, 800)).withDocuments(List.of(receipt("2026-000001", 800)));
        assertThat(body(payment, IssuedDocument.IssuedKind.RECEIPT, 800).ofReceipt())
                .isNull();
        assertThat(body(payment, IssuedDocument.IssuedKind.CREDIT_NOTE, 800).ofReceipt())
                .isEqualTo("2026-000001");
    }

    @Test
    void an_invoice_is_over_what_has_not_come_yet() {
        Payment payment = paid().withTransfers(List.of(part(1, 200, true), part(2, 500, false)));
        DocumentBody body = DocumentBody.invoice(payment, T0, T0.plusSeconds(60), ISSUER);
        assertThat(body.amount()).isEqualTo(usd(300));
        assertThat(body.payments()).extracting(DocumentBody.Paid::amount).containsExactly(usd(500));
        assertThat(body.terms()).isEqualTo(new DocumentBody.Terms(T0.plusSeconds(60), "IBAN XX00"));
        assertThat(body.number()).isEqualTo("AB12-CDEFGH");
        assertThat(DocumentBody.invoice(paid(), T0, T0, ISSUER).amount()).isEqualTo(usd(800));
    }

    private static Transfer part(int nth, long amount, boolean booked) {
        return new Transfer(new UUID(4, nth), usd(amount), T0, booked);
    }

    private static DocumentBody body(Payment payment, IssuedDocument.IssuedKind kind, long amount) {
        return DocumentBody.of(payment, new Decision.Issue(kind, usd(amount), T0), "2026-000002", ISSUER);
    }

    private static IssuedDocument receipt(String number, long amount) {
        return new IssuedDocument(IssuedDocument.IssuedKind.RECEIPT, number, usd(amount), T0);
    }

    private static Capture transfer(int nth, long amount) {
        return new Capture(new UUID(1, nth), Capture.BY_TRANSFER, "bank " + nth, usd(amount), T0, false, true, T0, 0);
    }

    private static Payment paid(Capture... captures) {
        PaymentRequest request = new PaymentRequest(
                new UUID(7, 7),
                1,
                "AB12-CDEFGH",
                "mlsys-2026",
                "MLSys 2026",
                "America/Los_Angeles",
                usd(800),
                true,
                900,
                T0.plusSeconds(900),
                PaymentRequest.Method.INVOICE,
                List.of(),
                usd(0),
                usd(0),
                new PaymentRequest.Buyer("Ada Lovelace", null, null, null, null),
                "en");
        return new Payment(
                request.registration(),
                new ReceivedRequest(request, T0),
                null,
                List.of(),
                List.of(captures),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                0);
    }

    private static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
