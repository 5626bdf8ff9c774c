package org.openingminute.payment.documents;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.documents.Issuer.Seller;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;

/**
 * The content of a document. The content of an issued document never changes.
 *
 * @param number the document's number; for an invoice, the registration's reference
 * @param amount the amount paid on a receipt, refunded on a credit note, or left to pay on an invoice
 * @param issuedAt business time; for an invoice, when it was drawn
 * @param ofReceipt the number of the receipt that a credit note corrects; several are separated by commas
 * @param total the amount due. If the document covers a part of the order, its own amount; the lines, discount and tax are then shares as
 *     well
 * @param orderTotal the amount due if the document covers a part of the order; {@code null} if it covers all of it
 * @param payments the payments of a receipt, or those received for an invoice, oldest first, in business time
 * @param terms of an invoice
 * @param timeZone the time zone for dates and times; {@code null} for UTC
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
        @Nullable Money orderTotal,
        List<Paid> payments,
        @Nullable Terms terms,
        @Nullable String timeZone,
        String locale,
        boolean rehearsal) {

    /** A named zone, because an offset would be shown as "Z". */
    private static final ZoneId UTC = ZoneId.of("UTC");

    private static final String SEPARATOR = ", ";

    /** The kind of a document. */
    enum DocumentKind {
        RECEIPT,
        CREDIT_NOTE,
        /** A pro forma invoice, drawn for each call and never issued. */
        INVOICE
    }

    /**
     * A payment.
     *
     * @param by the provider's name, or {@link Capture#AT_DESK}
     * @param reference of a payment at the desk; {@code null} for any other
     */
    record Paid(
            Instant at, String by, Money amount, @Nullable String reference) {}

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

    boolean correctsSeveralReceipts() {
        return ofReceipt != null && ofReceipt.contains(SEPARATOR);
    }

    /** Returns the conference's time zone; UTC if unknown. */
    ZoneId zone() {
        return zone(timeZone);
    }

    /** Returns the zone with that name; UTC if there is none, or if only a later time zone database has it. */
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

    /** Returns the newest captures up to the receipt's amount; earlier receipts cover the others. */
    private static List<Paid> paid(Payment payment, Money amount) {
        List<Paid> paid = new ArrayList<>();
        Money rest = amount;
        for (Capture capture : payment.reportedCaptures().toList().reversed()) {
            if (rest.isPositive() && capture.amount().currency().equals(rest.currency())) {
                Money part = rest.covers(capture.amount()) ? capture.amount() : rest;
                paid.addFirst(new Paid(
                        payment.paidAt(capture),
                        payment.shownBy(capture.provider()),
                        part,
                        payment.isSoldAtDesk() ? payment.reference(capture).orElse(null) : null));
                rest = rest.less(part);
            }
        }
        return paid;
    }

    /** Builds the body of a receipt or credit note that is being issued. */
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
                        receipt ? null : corrected(payment, issue.amount())),
                Order.in(payment, issue),
                receipt ? paid(payment, issue.amount()) : List.of(),
                null);
    }

    /**
     * Returns the numbers of the receipts that a credit note corrects. Credit notes consume receipts from the oldest on, so that no receipt
     * is corrected by more than its amount.
     */
    private static @Nullable String corrected(Payment payment, Money amount) {
        long from = sum(payment, IssuedDocument.IssuedKind.CREDIT_NOTE);
        long until = from + amount.amount();
        List<String> numbers = new ArrayList<>();
        long end = 0;
        for (IssuedDocument receipt :
                payment.documents(IssuedDocument.IssuedKind.RECEIPT).toList()) {
            long start = end;
            end += receipt.amount().amount();
            if (start < until && end > from) {
                numbers.add(receipt.number());
            }
        }
        return numbers.isEmpty() ? null : String.join(SEPARATOR, numbers);
    }

    private static long sum(Payment payment, IssuedDocument.IssuedKind kind) {
        return payment.documents(kind)
                .mapToLong(document -> document.amount().amount())
                .sum();
    }

    /** Builds the body of an invoice for the rest of the amount due, to be paid by transfer. */
    static DocumentBody invoice(Payment payment, Instant at, Instant dueBy, Issuer issuer) {
        PaymentRequest request = request(payment);
        List<Paid> parts = payment.parts()
                .map(part -> new Paid(part.at(), Capture.BY_TRANSFER, part.amount(), null))
                .toList();
        Money came =
                parts.stream().map(Paid::amount).reduce(Money.zero(request.due().currency()), Money::plus);
        return about(
                request,
                issuer,
                new Head(
                        DocumentKind.INVOICE, request.reference(), request.due().less(came), at, null),
                Order.whole(request),
                parts,
                new Terms(dueBy, issuer.payTo()));
    }

    private record Head(
            DocumentKind kind,
            String number,
            Money amount,
            Instant issuedAt,
            @Nullable String ofReceipt) {}

    /** The lines and sums in a document: those of the whole order, or the document's share of them. */
    private record Order(
            List<PaymentRequest.RequestedLine> lines,
            Money discount,
            Money tax,
            Money total,
            @Nullable Money orderTotal) {

        static Order whole(PaymentRequest request) {
            return new Order(request.lines(), request.discount(), request.tax(), request.due(), null);
        }

        /**
         * Returns the lines and sums of a document. A document for less than the order shows its share. Its discount and tax are the
         * difference between the shares of all documents with and without it, so that several documents add up exactly to the order.
         */
        static Order in(Payment payment, Decision.Issue issue) {
            PaymentRequest request = request(payment);
            Money due = request.due();
            Money amount = issue.amount();
            if (amount.equals(due) || !due.isPositive() || !amount.currency().equals(due.currency())) {
                return whole(request);
            }
            long before = payment.inDocuments().amount();
            long after = issue.kind() == IssuedDocument.IssuedKind.RECEIPT
                    ? before + amount.amount()
                    : before - amount.amount();
            long discount = difference(request.discount(), before, after, due);
            long tax = difference(request.tax(), before, after, due);
            List<Long> shares = LargestRemainder.of(
                    amount.amount() - tax + discount,
                    request.lines().stream().map(line -> line.amount().amount()).toList());
            return new Order(
                    IntStream.range(0, shares.size())
                            .mapToObj(index ->
                                    request.lines().get(index).over(new Money(shares.get(index), due.currency())))
                            .toList(),
                    new Money(discount, due.currency()),
                    new Money(tax, due.currency()),
                    amount,
                    due);
        }

        private static long difference(Money ofOrder, long before, long after, Money due) {
            return Math.abs(LargestRemainder.share(ofOrder.amount(), after, due.amount())
                    - LargestRemainder.share(ofOrder.amount(), before, due.amount()));
        }
    }

    private static DocumentBody about(
            PaymentRequest request, Issuer issuer, Head head, Order order, List<Paid> payments, @Nullable Terms terms) {
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
                order.lines(),
                order.discount(),
                order.tax(),
                order.total(),
                order.orderTotal(),
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
