package org.openingminute.benchmarks.oneprocess;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentStatus;

/** A payment without refunds and disputes, in the form that the other two services read. */
record PaymentReport(
        UUID registration,
        PaymentStatus status,
        Money due,
        Money captured,
        Money refunded,
        List<CaptureReport> captures,
        @Nullable ReceiptReport receipt) {

    record CaptureReport(UUID id, Money amount, Instant at, boolean answered, boolean byTransfer) {}

    record ReceiptReport(String number, Instant issuedAt) {

        static ReceiptReport of(IssuedDocument document) {
            return new ReceiptReport(document.number(), document.issuedAt());
        }
    }

    static String json(Payment payment) {
        return Payments.JSON.writeValueAsString(new PaymentReport(
                payment.registration(),
                payment.status(),
                Objects.requireNonNull(payment.request()).body().due(),
                payment.captured(),
                payment.refunded(),
                payment.reportedCaptures()
                        .map(one -> new CaptureReport(one.id(), one.amount(), one.at(), one.answered(), false))
                        .toList(),
                payment.receipt().map(ReceiptReport::of).orElse(null)));
    }
}
