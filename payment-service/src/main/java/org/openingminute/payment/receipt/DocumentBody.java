package org.openingminute.payment.receipt;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.money.Money;
import org.openingminute.payment.payment.Decision;
import org.openingminute.payment.payment.Demand;
import org.openingminute.payment.payment.IssuedDocument;
import org.openingminute.payment.payment.Payment;
import org.openingminute.payment.payment.PaymentRequest;

/**
 * All that stands in a document, as it was when it was issued.
 *
 * @param amount what a receipt says was paid, what a credit note says was given back
 * @param issuedAt business time
 * @param ofReceipt the receipt's number; {@code null} in the receipt itself
 * @param total what was due
 * @param payments what a receipt is about, oldest first, in business time
 * @param rehearsal whether no real money moved
 */
record DocumentBody(
        IssuedDocument.Kind kind,
        String number,
        Money amount,
        Instant issuedAt,
        @Nullable String ofReceipt,
        Seller seller,
        PaymentRequest.Buyer buyer,
        String reference,
        String conferenceName,
        List<PaymentRequest.Line> lines,
        Money discount,
        Money tax,
        Money total,
        List<Paid> payments,
        String locale,
        boolean rehearsal) {

    /** @param by the provider's name */
    record Paid(Instant at, String by, Money amount) {}

    DocumentBody {
        lines = List.copyOf(lines);
        payments = List.copyOf(payments);
    }

    private static List<Paid> kept(Payment payment) {
        return payment.reportedCaptures()
                .filter(capture -> payment.left(capture).some())
                .map(capture -> new Paid(payment.paidAt(capture), capture.provider(), payment.left(capture)))
                .toList();
    }

    /** @param seller {@code null} where none is configured: then it is the conference */
    static DocumentBody of(
            Payment payment, Decision.Issue issue, String number, @Nullable Seller seller, boolean rehearsal) {
        Demand demand = Objects.requireNonNull(payment.demand(), "a document is about what was due");
        PaymentRequest request = demand.request();
        return new DocumentBody(
                issue.kind(),
                number,
                issue.amount(),
                issue.at(),
                payment.receipt().map(IssuedDocument::number).orElse(null),
                seller == null ? new Seller(request.conferenceName(), null, null) : seller,
                request.buyer(),
                request.reference(),
                request.conferenceName(),
                request.lines(),
                request.discount(),
                request.tax(),
                request.due(),
                issue.kind() == IssuedDocument.Kind.CREDIT_NOTE ? List.of() : kept(payment),
                request.locale(),
                rehearsal);
    }
}
