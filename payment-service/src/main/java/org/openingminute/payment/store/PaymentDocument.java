package org.openingminute.payment.store;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Attempt;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.DisputeRules.Inquiry;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.lifecycle.TransferRules.Transfer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** All of a payment that changes, as it is stored. What seldom changes comes first, so that an update logs little. */
record PaymentDocument(
        @Nullable Instant requestedAt,
        @Nullable String closedBecause,
        List<Session> sessions,
        List<Attempt> attempts,
        List<Capture> captures,
        List<Refund> refunds,
        List<Dispute> disputes,
        List<Inquiry> inquiries,
        List<IssuedDocument> documents,
        List<Transfer> transfers) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();

    static String of(Payment payment) {
        return JSON.writeValueAsString(new PaymentDocument(
                payment.request() == null ? null : payment.request().requestedAt(),
                payment.closedBecause(),
                payment.sessions(),
                payment.attempts(),
                payment.captures(),
                payment.refunds(),
                payment.disputes(),
                payment.inquiries(),
                payment.documents(),
                payment.transfers()));
    }

    static String of(PaymentRequest request) {
        return JSON.writeValueAsString(request);
    }

    /** @param request the body of the request that holds; {@code null} before the first */
    static Payment read(UUID registration, @Nullable String request, long sequence, String document) {
        PaymentDocument stored = JSON.readValue(document, PaymentDocument.class);
        return new Payment(
                registration,
                request == null || stored.requestedAt == null
                        ? null
                        : new ReceivedRequest(JSON.readValue(request, PaymentRequest.class), stored.requestedAt),
                stored.closedBecause,
                stored.sessions,
                stored.captures,
                stored.refunds,
                stored.disputes,
                stored.inquiries,
                stored.attempts,
                stored.documents,
                stored.transfers,
                sequence);
    }
}
