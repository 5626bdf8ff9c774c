package org.openingminute.payment.documents;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.documents.Issuer.Seller;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;

/**
 * The content of a document; that of an issued document never changes.
 *
 * @param number the document's number; for an invoice, the registration's reference
 * @param amount the amount paid on a receipt, refunded on a credit note, or left to pay on an invoice
 * @param issuedAt business time; for an invoice, when it was drawn
 * @param ofReceipt the receipt's number, on a credit note
 * @param total the amount due
 * @param payments the payments of a receipt, or those received for an invoice, oldest first, in business time
 * @param terms of an invoice
 * @param timeZone the time zone for days and hours; {@code null} for UTC
 * @param rehearsal whether no real money moved
 */
record DocumentBody(
        DocumentKind kind,
        String number,
        Money amount,
        Instant issuedAt,
        @Nullable String ofReceipt,
        Seller seller,
        PaymentRequest.Buyer buyer,
        String reference,
        String conferenceName,
        List<PaymentRequest.RequestedLine> lines,
        Money discount,
        Money tax,
        Money total,
        List<Paid> payments,
        @Nullable Terms terms,
        @Nullable String timeZone,
        String locale,
        boolean rehearsal) {

    /** Formatted with the zone's name, which people know, because an offset would be shown as Z. */
    private static final ZoneId UTC = ZoneId.of("UTC");

    /** The kind of a document. */
    enum DocumentKind {
        RECEIPT,
        CREDIT_NOTE,
        /** A pro forma invoice, drawn for each call and never issued. */
        INVOICE
    }

    /** @param by the provider's name */
    record Paid(Instant at, String by, Money amount) {}

    /**
     * The payment terms of an invoice.
     *
     * @param dueBy business time
     * @param payTo the account, in lines; {@code null} if none is configured
     */
    record Terms(Instant dueBy, @Nullable String payTo) {}

    DocumentBody {
        lines = List.copyOf(lines);
        payments = List.copyOf(payments);
    }

    /** The conference's time zone; UTC if it is not known. */
    ZoneId zone() {
        return zone(timeZone);
    }

    /** The zone with that name; UTC if there is none, or if only a newer zone database has it. */
    static ZoneId zone(@Nullable String name) {
        if (name == null) {
            return UTC;
        }
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            return UTC;
        }
    }

    private static List<Paid> kept(Payment payment) {
        return payment.reportedCaptures()
                .filter(capture -> payment.left(capture).isPositive())
                .map(capture -> new Paid(payment.paidAt(capture), capture.provider(), payment.left(capture)))
                .toList();
    }

    /** The body of a receipt or credit note that is being issued. */
    static DocumentBody of(Payment payment, Decision.Issue issue, String number, Issuer issuer) {
        boolean receipt = issue.kind() == IssuedDocument.IssuedKind.RECEIPT;
        return about(
                request(payment),
                issuer,
                new Head(
                        receipt ? DocumentKind.RECEIPT : DocumentKind.CREDIT_NOTE,
                        number,
                        issue.amount(),
                        issue.at(),
                        receipt
                                ? null
                                : payment.receipt().map(IssuedDocument::number).orElse(null)),
                receipt ? kept(payment) : List.of(),
                null);
    }

    /** The body of an invoice for the rest of the amount due, to be transferred. */
    static DocumentBody invoice(Payment payment, Instant at, Instant dueBy, Issuer issuer) {
        PaymentRequest request = request(payment);
        List<Paid> parts = payment.parts()
                .map(part -> new Paid(part.at(), Capture.BY_TRANSFER, part.amount()))
                .toList();
        Money came =
                parts.stream().map(Paid::amount).reduce(Money.zero(request.due().currency()), Money::plus);
        return about(
                request,
                issuer,
                new Head(
                        DocumentKind.INVOICE, request.reference(), request.due().less(came), at, null),
                parts,
                new Terms(dueBy, issuer.payTo()));
    }

    private record Head(
            DocumentKind kind,
            String number,
            Money amount,
            Instant issuedAt,
            @Nullable String ofReceipt) {}

    private static DocumentBody about(
            PaymentRequest request, Issuer issuer, Head head, List<Paid> payments, @Nullable Terms terms) {
        return new DocumentBody(
                head.kind(),
                head.number(),
                head.amount(),
                head.issuedAt(),
                head.ofReceipt(),
                issuer.seller() == null ? new Seller(request.conferenceName(), null, null) : issuer.seller(),
                request.buyer(),
                request.reference(),
                request.conferenceName(),
                request.lines(),
                request.discount(),
                request.tax(),
                request.due(),
                payments,
                terms,
                request.timeZone(),
                request.locale(),
                issuer.rehearsal());
    }

    private static PaymentRequest request(Payment payment) {
        return Objects.requireNonNull(payment.request(), "a document belongs to a request")
                .body();
    }
}
