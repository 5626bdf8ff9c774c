package org.openingminute.payment.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
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

/** Proves the contents of a document, without Spring. */
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
    void credit_note_names_every_receipt_that_it_corrects() {
        Payment payment = paid(transfer(1, 800))
                .withDocuments(List.of(receipt("2026-000001", 800), note(300), receipt("2026-000002", 300)));
        assertThat(body(payment, IssuedDocument.IssuedKind.CREDIT_NOTE, 800).ofReceipt())
                .isEqualTo("2026-000001, 2026-000002");
        assertThat(body(payment, IssuedDocument.IssuedKind.CREDIT_NOTE, 500).ofReceipt())
                .isEqualTo("2026-000001");

        Payment paidAgain =
                payment.withDocuments(List.of(receipt("2026-000001", 800), note(800), receipt("2026-000002", 800)));
        assertThat(body(paidAgain, IssuedDocument.IssuedKind.CREDIT_NOTE, 100).ofReceipt())
                .isEqualTo("2026-000002");
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

    @Test
    void taxes_of_two_partial_credit_notes_are_the_receipts() {
        Payment payment = ordered(List.of(333L, 467L), 0, 152).withDocuments(List.of(receipt("2026-000001", 952)));
        DocumentBody first = body(payment, IssuedDocument.IssuedKind.CREDIT_NOTE, 317);
        payment = payment.withDocuments(Payment.append(payment.documents(), note(317)));
        DocumentBody second = body(payment, IssuedDocument.IssuedKind.CREDIT_NOTE, 635);

        assertThat(first.tax()).isEqualTo(usd(51));
        assertThat(first.total()).isEqualTo(usd(317));
        assertThat(first.orderTotal()).isEqualTo(usd(952));
        assertThat(first.tax().plus(second.tax())).isEqualTo(usd(152));
    }

    @Test
    void every_document_adds_up_and_all_together_state_the_orders_tax() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int order = 0; order < 300; order++) {
            List<Long> lines = random.longs(3, 0, 100_000).boxed().toList();
            long sum = lines.stream().mapToLong(line -> line).sum();
            Payment payment = ordered(lines, random.nextLong(sum / 2 + 1), random.nextLong(1, 30_000));
            PaymentRequest request = Objects.requireNonNull(payment.request()).body();
            Money due = request.due();
            Money discounts = usd(0);
            Money taxes = usd(0);
            while (payment.documents().size() < 9) {
                Money documented = payment.inDocuments();
                boolean isReceipt = !documented.isPositive();
                Money amount = isReceipt
                        ? usd(random.nextLong(1, due.amount() + 1))
                        : payment.documents().size() == 7
                                ? documented
                                : usd(random.nextLong(1, documented.amount() + 1));
                IssuedDocument.IssuedKind kind =
                        isReceipt ? IssuedDocument.IssuedKind.RECEIPT : IssuedDocument.IssuedKind.CREDIT_NOTE;
                DocumentBody body = body(payment, kind, amount.amount());

                Money gross = body.lines().stream()
                        .map(PaymentRequest.RequestedLine::amount)
                        .reduce(body.tax(), Money::plus);
                assertThat(gross.less(body.discount())).as("seed %d", seed).isEqualTo(amount);
                assertThat(body.total()).as("seed %d", seed).isEqualTo(amount);
                taxes = isReceipt ? taxes.plus(body.tax()) : taxes.less(body.tax());
                discounts = isReceipt ? discounts.plus(body.discount()) : discounts.less(body.discount());
                payment = payment.withDocuments(
                        Payment.append(payment.documents(), new IssuedDocument(kind, "no.", amount, T0)));
                if (payment.inDocuments().equals(due)) {
                    assertThat(taxes).as("seed %d", seed).isEqualTo(request.tax());
                    assertThat(discounts).as("seed %d", seed).isEqualTo(request.discount());
                } else if (!payment.inDocuments().isPositive()) {
                    assertThat(taxes.plus(discounts)).as("seed %d", seed).isEqualTo(usd(0));
                }
            }
        }
    }

    @Test
    void receipt_lists_the_payments_that_it_is_about() {
        Payment payment = paid(transfer(1, 500), transfer(2, 800)).withDocuments(List.of());
        assertThat(body(payment, IssuedDocument.IssuedKind.RECEIPT, 800).payments())
                .extracting(DocumentBody.Paid::amount)
                .containsExactly(usd(800));
        assertThat(body(payment, IssuedDocument.IssuedKind.RECEIPT, 300).payments())
                .extracting(DocumentBody.Paid::amount)
                .containsExactly(usd(300));
    }

    @Test
    void receipt_of_money_taken_at_the_desk_has_the_desks_reference() {
        Capture capture = new Capture(
                new UUID(1, 1),
                Capture.BY_TRANSFER,
                "transfer " + new UUID(4, 1),
                usd(800),
                T0,
                false,
                Capture.Answer.KEPT,
                T0,
                0);
        for (PaymentRequest.Method method : List.of(PaymentRequest.Method.DESK, PaymentRequest.Method.INVOICE)) {
            Payment payment = payment(method, 800, List.of(), usd(0), usd(0))
                    .withTransfers(List.of(part(1, 800, true)))
                    .withCaptures(List.of(capture));
            boolean isDesk = method == PaymentRequest.Method.DESK;
            assertThat(body(payment, IssuedDocument.IssuedKind.RECEIPT, 800).payments())
                    .containsExactly(
                            new DocumentBody.Paid(T0, isDesk ? "desk" : "invoice", usd(800), isDesk ? "BANK-1" : null));
        }
    }

    private static IssuedDocument note(long amount) {
        return new IssuedDocument(IssuedDocument.IssuedKind.CREDIT_NOTE, "C2026-000001", usd(amount), T0);
    }

    private static Payment ordered(List<Long> lines, long discount, long tax) {
        long due = lines.stream().mapToLong(line -> line).sum() - discount + tax;
        return payment(
                due,
                lines.stream()
                        .map(line -> new PaymentRequest.RequestedLine("Academic", 0, 1, usd(line), usd(line)))
                        .toList(),
                usd(discount),
                usd(tax));
    }

    private static Transfer part(int nth, long amount, boolean booked) {
        return new Transfer(new UUID(4, nth), usd(amount), T0, booked, "BANK-" + nth);
    }

    private static DocumentBody body(Payment payment, IssuedDocument.IssuedKind kind, long amount) {
        return DocumentBody.of(payment, new Decision.Issue(kind, usd(amount), T0), "2026-000002", ISSUER);
    }

    private static IssuedDocument receipt(String number, long amount) {
        return new IssuedDocument(IssuedDocument.IssuedKind.RECEIPT, number, usd(amount), T0);
    }

    private static Capture transfer(int nth, long amount) {
        return new Capture(
                new UUID(1, nth),
                Capture.BY_TRANSFER,
                "bank " + nth,
                usd(amount),
                T0,
                false,
                Capture.Answer.KEPT,
                T0,
                0);
    }

    private static Payment paid(Capture... captures) {
        return payment(800, List.of(), usd(0), usd(0)).withCaptures(List.of(captures));
    }

    private static Payment payment(long due, List<PaymentRequest.RequestedLine> lines, Money discount, Money tax) {
        return payment(PaymentRequest.Method.INVOICE, due, lines, discount, tax);
    }

    private static Payment payment(
            PaymentRequest.Method method,
            long due,
            List<PaymentRequest.RequestedLine> lines,
            Money discount,
            Money tax) {
        PaymentRequest request = new PaymentRequest(
                new UUID(7, 7),
                1,
                "AB12-CDEFGH",
                "mlsys-2026",
                "MLSys 2026",
                "America/Los_Angeles",
                usd(due),
                true,
                900,
                T0.plusSeconds(900),
                null,
                null,
                method,
                lines,
                tax,
                discount,
                new PaymentRequest.Buyer("Ada Lovelace", null, null, null, null),
                "en");
        return new Payment(
                request.registration(),
                new ReceivedRequest(request, T0),
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                0,
                0);
    }

    private static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
