package org.openingminute.notification.projection;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.projection.PaymentSnapshot.RefundStatus;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedDispute;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedDocument;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedFailure;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedRefund;
import org.openingminute.notification.projection.RegistrationSnapshot.Reason;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedAttendee;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedContact;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedFormerContact;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedOrderLine;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedProof;

/** Sample states for tests of rules. */
public final class States {

    public static final UUID ID = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
    public static final Instant CHANGED_AT = Instant.parse("2026-02-02T17:00:00Z");
    public static final Instant HOLD_EXPIRES_AT = Instant.parse("2026-02-02T17:15:00Z");
    public static final Instant HOLD_ONCE_OPENED = Instant.parse("2026-02-16T17:00:00Z");
    public static final Conference CONFERENCE = new Conference(
            "mlsys-2026",
            "MLSys 2026",
            "Conference on Machine Learning and Systems 2026",
            LocalDate.parse("2026-05-18"),
            LocalDate.parse("2026-05-22"),
            "America/Los_Angeles",
            "Bellevue",
            "WA",
            "US",
            true);

    private States() {}

    public static Money usd(long amount) {
        return new Money(amount, Currency.getInstance("USD"));
    }

    public static RegistrationSnapshot registration(RegistrationStatus status) {
        return registration(status, 80_000, 0, 0, "Ada Lovelace", "en");
    }

    public static RegistrationSnapshot registration(
            RegistrationStatus status, long total, long captured, long refundPlanned, String name, String locale) {
        boolean held = switch (status) {
            case PENDING_PAYMENT, PENDING_REVIEW, REJECTED -> true;
            case CONFIRMED, EXPIRED, CANCELLED, UNKNOWN -> false;
        };
        return new RegistrationSnapshot(
                ID,
                "ML26-7K3F9Q",
                "mlsys-2026",
                status,
                new ReportedContact(name, "ada@example.org", locale),
                0,
                List.of(),
                List.of(
                        new ReportedAttendee(ID, "Ada", "Lovelace", null),
                        new ReportedAttendee(ID, "Grace", "Hopper", null)),
                usd(total),
                usd(5_000),
                usd(1_234),
                List.of(
                        new ReportedOrderLine("Academic", 0, 1, usd(65_000)),
                        new ReportedOrderLine("Banquet guest", 1, 2, usd(22_000)),
                        new ReportedOrderLine("Voucher", null, 1, usd(0))),
                held ? HOLD_EXPIRES_AT : null,
                CHANGED_AT,
                usd(captured),
                usd(0),
                withoutCode(
                        switch (status) {
                            case REJECTED, CANCELLED -> "The card on the photo has ended.";
                            case EXPIRED -> "the time to pay ran out";
                            case PENDING_PAYMENT, PENDING_REVIEW, CONFIRMED, UNKNOWN -> null;
                        }),
                refundPlanned == 0 ? null : usd(refundPlanned),
                null,
                "card",
                null,
                null);
    }

    /** Adds proofs for the first attendees, and an offer if there is one. */
    public static RegistrationSnapshot reviewed(
            RegistrationSnapshot state,
            @Nullable Instant holdExpiresAt,
            RegistrationSnapshot.@Nullable ReportedOffer offer,
            ReportedProof... proofs) {
        List<ReportedAttendee> attendees = new ArrayList<>();
        for (ReportedProof proof : proofs) {
            attendees.add(new ReportedAttendee(ID, "Ada", "Lovelace", proof));
        }
        return new RegistrationSnapshot(
                state.id(),
                state.reference(),
                state.conference(),
                state.status(),
                state.contact(),
                state.contactGeneration(),
                state.formerContacts(),
                attendees,
                state.total(),
                state.discount(),
                state.tax(),
                state.lines(),
                holdExpiresAt,
                state.changedAt(),
                state.captured(),
                state.refunded(),
                state.reason(),
                state.refundPlanned(),
                offer,
                state.paymentMethod(),
                state.awaitsOpening(),
                state.holdOnceOpened());
    }

    /** Changes the payment method to bank transfer. */
    public static RegistrationSnapshot byInvoice(RegistrationSnapshot state) {
        return paidBy("invoice", state);
    }

    public static RegistrationSnapshot paidBy(String method, RegistrationSnapshot state) {
        return new RegistrationSnapshot(
                state.id(),
                state.reference(),
                state.conference(),
                state.status(),
                state.contact(),
                state.contactGeneration(),
                state.formerContacts(),
                state.attendees(),
                state.total(),
                state.discount(),
                state.tax(),
                state.lines(),
                state.holdExpiresAt(),
                state.changedAt(),
                state.captured(),
                state.refunded(),
                state.reason(),
                state.refundPlanned(),
                state.offer(),
                method,
                state.awaitsOpening(),
                state.holdOnceOpened());
    }

    /** Makes the hold longer once the contact opens a mailed link. */
    public static RegistrationSnapshot toBeOpened(RegistrationSnapshot state) {
        return toBeOpened(state, HOLD_ONCE_OPENED);
    }

    /** Makes the contact open a mailed link; {@code null} leaves the end of the hold unchanged. */
    public static RegistrationSnapshot toBeOpened(RegistrationSnapshot state, @Nullable Instant holdOnceOpened) {
        return new RegistrationSnapshot(
                state.id(),
                state.reference(),
                state.conference(),
                state.status(),
                state.contact(),
                state.contactGeneration(),
                state.formerContacts(),
                state.attendees(),
                state.total(),
                state.discount(),
                state.tax(),
                state.lines(),
                state.holdExpiresAt(),
                state.changedAt(),
                state.captured(),
                state.refunded(),
                state.reason(),
                state.refundPlanned(),
                state.offer(),
                state.paymentMethod(),
                true,
                holdOnceOpened);
    }

    /** Sets the generation of the contact's links. */
    public static RegistrationSnapshot ofGeneration(long contactGeneration, RegistrationSnapshot state) {
        return new RegistrationSnapshot(
                state.id(),
                state.reference(),
                state.conference(),
                state.status(),
                state.contact(),
                contactGeneration,
                state.formerContacts(),
                state.attendees(),
                state.total(),
                state.discount(),
                state.tax(),
                state.lines(),
                state.holdExpiresAt(),
                state.changedAt(),
                state.captured(),
                state.refunded(),
                state.reason(),
                state.refundPlanned(),
                state.offer(),
                state.paymentMethod(),
                state.awaitsOpening(),
                state.holdOnceOpened());
    }

    /** Replaces the contact, and ends the former contact's links. */
    public static RegistrationSnapshot correctedTo(ReportedContact contact, RegistrationSnapshot state) {
        long next = state.contactGeneration() + 1;
        ReportedContact former = state.contact();
        return new RegistrationSnapshot(
                state.id(),
                state.reference(),
                state.conference(),
                state.status(),
                contact,
                next,
                Stream.concat(
                                state.formerContacts().stream(),
                                Stream.of(new ReportedFormerContact(
                                        next, former.name(), former.email(), former.locale())))
                        .toList(),
                state.attendees(),
                state.total(),
                state.discount(),
                state.tax(),
                state.lines(),
                state.holdExpiresAt(),
                state.changedAt(),
                state.captured(),
                state.refunded(),
                state.reason(),
                state.refundPlanned(),
                state.offer(),
                state.paymentMethod(),
                state.awaitsOpening(),
                state.holdOnceOpened());
    }

    /** Returns a reason as published by a version without codes. */
    public static Reason withoutCode(@Nullable String reason) {
        return new Reason(reason, null, null);
    }

    /** Sets the reason, as published by a version without codes. */
    public static RegistrationSnapshot because(RegistrationSnapshot state, @Nullable String reason) {
        return because(state, withoutCode(reason));
    }

    /** Sets the reason. */
    public static RegistrationSnapshot because(RegistrationSnapshot state, Reason reason) {
        return new RegistrationSnapshot(
                state.id(),
                state.reference(),
                state.conference(),
                state.status(),
                state.contact(),
                state.contactGeneration(),
                state.formerContacts(),
                state.attendees(),
                state.total(),
                state.discount(),
                state.tax(),
                state.lines(),
                state.holdExpiresAt(),
                state.changedAt(),
                state.captured(),
                state.refunded(),
                reason,
                state.refundPlanned(),
                state.offer(),
                state.paymentMethod(),
                state.awaitsOpening(),
                state.holdOnceOpened());
    }

    /** Returns a payment with these disputes. */
    public static PaymentSnapshot disputed(ReportedDispute... disputes) {
        return new PaymentSnapshot(
                ID,
                PaymentSnapshot.ReportedStatus.DISPUTED,
                List.of(),
                List.of(),
                List.of(disputes),
                null,
                new ReportedDocument("2026-000001"),
                List.of());
    }

    public static PaymentSnapshot payment(PaymentSnapshot.ReportedStatus status, ReportedRefund... refunds) {
        @Nullable
        ReportedFailure failure = status == PaymentSnapshot.ReportedStatus.FAILED
                ? new ReportedFailure(CHANGED_AT, "card-declined")
                : null;
        return new PaymentSnapshot(ID, status, List.of(), List.of(refunds), List.of(), failure, null, List.of());
    }

    public static ReportedRefund refund(UUID id, RefundStatus status) {
        return refund(id, status, CHANGED_AT);
    }

    public static ReportedRefund refund(UUID id, RefundStatus status, Instant at) {
        return new ReportedRefund(id, usd(30_000), status, at, null, null, null);
    }

    /** Returns a refund that was done and whose money came back. */
    public static ReportedRefund returnedRefund(UUID id, Instant at) {
        return new ReportedRefund(id, usd(30_000), RefundStatus.FAILED, at, null, null, true);
    }
}
