package org.openingminute.payment.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Attempt;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.PaymentStatus;
import org.openingminute.payment.lifecycle.Refund;

/** The body of every event of {@code payment.events.v1}: the whole state that is reported. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record PaymentEvent(
        UUID registration,
        PaymentStatus status,
        Money due,
        Money captured,
        Money refunded,
        Money disputed,
        List<EventCapture> captures,
        List<EventRefund> refunds,
        List<EventDispute> disputes,
        List<EventInquiry> inquiries,
        @Nullable Failure failure,
        @Nullable Receipt receipt,
        List<CreditNote> creditNotes) {

    record EventCapture(UUID id, Money amount, Instant at, boolean answered, boolean byTransfer) {}

    /**
     * A refund.
     *
     * @param byTransfer whether an organiser transfers it
     * @param surplus whether its money is in no capture of this event
     * @param returned whether it was done before it failed
     * @param transfer {@code null} if no transfer was made
     */
    record EventRefund(
            UUID id,
            Money amount,
            String state,
            Instant at,
            boolean byTransfer,
            boolean surplus,
            boolean returned,
            @Nullable PublishedTransfer transfer) {}

    /**
     * The transfer of a refund.
     *
     * @param by the organiser's account
     * @param byName the organiser's name; {@code null} if it is not known
     */
    record PublishedTransfer(String by, @Nullable String byName, String reference) {}

    /**
     * A dispute.
     *
     * @param evidenceDueAt in business time, like the deadlines of registration-service; {@code null} if none is known
     */
    record EventDispute(
            UUID id,
            Money amount,
            String state,
            Instant at,
            @Nullable Instant evidenceDueAt) {}

    /**
     * An inquiry by the payer's bank, which withdraws no money.
     *
     * @param evidenceDueAt as for a dispute
     */
    record EventInquiry(
            UUID id,
            Money amount,
            Instant openedAt,
            @Nullable Instant closedAt,
            @Nullable Instant evidenceDueAt) {}

    record Receipt(String number, Instant issuedAt) {}

    record CreditNote(String number, Money amount, Instant issuedAt) {}

    record Failure(Instant at, String reason, Attempt.FailureCode code) {}

    /** @throws NullPointerException if the payment has no request yet */
    static PaymentEvent of(Payment payment) {
        ReceivedRequest request = Objects.requireNonNull(payment.request(), "an event needs an amount due");
        return new PaymentEvent(
                payment.registration(),
                payment.status(),
                request.body().due(),
                payment.captured(),
                payment.refunded(),
                payment.disputed(),
                payment.reportedCaptures()
                        .map(c -> new EventCapture(c.id(), c.amount(), c.at(), c.answered(), c.isTransfer()))
                        .toList(),
                payment.refunds().stream()
                        .filter(refund -> !refund.surplus() || payment.isByTransfer(refund))
                        .map(r -> refund(r, payment.isByTransfer(r)))
                        .toList(),
                payment.disputes().stream()
                        .filter(dispute -> payment.isReported(dispute.capture()))
                        .map(d -> new EventDispute(
                                d.id(), d.amount(), text(d.state()), d.at(), shown(payment, d.evidenceDueAt())))
                        .toList(),
                payment.inquiries().stream()
                        .filter(inquiry -> payment.isReported(inquiry.capture()))
                        .map(i -> new EventInquiry(
                                i.id(), i.amount(), i.openedAt(), i.closedAt(), shown(payment, i.evidenceDueAt())))
                        .toList(),
                payment.newestFailure().map(PaymentEvent::failure).orElse(null),
                payment.receipt()
                        .map(receipt -> new Receipt(receipt.number(), receipt.issuedAt()))
                        .orElse(null),
                payment.documents(IssuedDocument.IssuedKind.CREDIT_NOTE)
                        .map(note -> new CreditNote(note.number(), note.amount(), note.issuedAt()))
                        .toList());
    }

    private static @Nullable Instant shown(Payment payment, @Nullable Instant machine) {
        return machine == null ? null : payment.shown(machine);
    }

    private static Failure failure(Attempt declined) {
        String reason = Objects.requireNonNullElse(declined.reason(), Attempt.FailureCode.DECLINED.text());
        return new Failure(declined.at(), reason, declined.failureCode());
    }

    private static EventRefund refund(Refund refund, boolean byTransfer) {
        return new EventRefund(
                refund.id(),
                refund.amount(),
                text(refund.state()),
                refund.at(),
                byTransfer,
                refund.surplus(),
                refund.returned(),
                refund.transferredBy() == null || refund.providerRefund() == null
                        ? null
                        : new PublishedTransfer(
                                refund.transferredBy(), refund.transferredByName(), refund.providerRefund()));
    }

    private static String text(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
