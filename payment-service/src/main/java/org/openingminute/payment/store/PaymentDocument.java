package org.openingminute.payment.store;

import com.fasterxml.jackson.annotation.JsonInclude;
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

/**
 * The changeable part of a payment as it is stored. Fields that change often come first, because PostgreSQL logs an update from the first
 * to the last difference between the row versions, and the sequence, stored before the document, always differs.
 *
 * @param contactGeneration {@code null} if no links were invalidated
 */
record PaymentDocument(
        List<Transfer> transfers,
        List<IssuedDocument> documents,
        List<Inquiry> inquiries,
        List<Dispute> disputes,
        List<Refund> refunds,
        List<Capture> captures,
        List<Attempt> attempts,
        List<Session> sessions,
        @Nullable String closedBecause,
        @Nullable Instant requestedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer contactGeneration) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();

    static String of(Payment payment) {
        return JSON.writeValueAsString(new PaymentDocument(
                payment.transfers(),
                payment.documents(),
                payment.inquiries(),
                payment.disputes(),
                payment.refunds(),
                payment.captures(),
                payment.attempts(),
                payment.sessions(),
                payment.closedBecause(),
                payment.request() == null ? null : payment.request().requestedAt(),
                payment.contactGeneration() == 0 ? null : payment.contactGeneration()));
    }

    static String of(PaymentRequest request) {
        return JSON.writeValueAsString(request);
    }

    /**
     * Parses a payment.
     *
     * @param request the body of the request in force; {@code null} before the first
     */
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
                stored.contactGeneration == null ? 0 : stored.contactGeneration,
                sequence);
    }
}
