package org.openingminute.notification.due;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;

/**
 * The rule: which mails a state owes. Asked when an event is read, which gives the rows, and again right before sending, which
 * tells whether the state that a mail is about still holds.
 */
public final class DueMails {

    private DueMails() {}

    /**
     * The mails that are owed by what is known now; those that were sent before are among them.
     *
     * @param now by the machine's clock: nobody is asked to pay after the end of a hold
     */
    public static List<DueMail> by(RegistrationProjection heard, Instant now) {
        @Nullable RegistrationSnapshot registration = heard.registration();
        if (registration == null) {
            return List.of();
        }
        @Nullable PaymentSnapshot payment = heard.payment();
        boolean holds = heard.holdEndsAt() == null || now.isBefore(heard.holdEndsAt());
        List<DueMail> byStatus = switch (registration.status()) {
            case PENDING_REVIEW ->
                holds && registration.wantsProof() ? List.of(DueMail.once(MailKind.PROOF_WANTED)) : List.of();
            case PENDING_PAYMENT -> holds ? unpaid(registration, payment) : List.of();
            case CONFIRMED -> confirmed(payment);
            case REJECTED -> holds ? List.of(DueMail.once(MailKind.PROOF_REFUSED)) : List.of();
            case EXPIRED -> ended(registration, payment);
            case CANCELLED -> List.of(DueMail.once(MailKind.CANCELLED));
            case UNKNOWN -> List.of();
        };
        return Stream.concat(byStatus.stream(), refunds(registration, payment)).toList();
    }

    /** Whether a mail may go out: what it is about is so now. */
    public static boolean mayGo(DueMail mail, RegistrationProjection heard, Instant now) {
        return mail.kind() == MailKind.LINK
                ? heard.registration() != null
                : by(heard, now).contains(mail);
    }

    private static List<DueMail> confirmed(@Nullable PaymentSnapshot payment) {
        Stream<DueMail> confirmation = Stream.of(DueMail.once(MailKind.CONFIRMATION));
        Stream<DueMail> disputes =
                payment == null ? Stream.empty() : payment.disputes().stream().flatMap(DueMails::disputed);
        return Stream.concat(confirmation, disputes).toList();
    }

    /** Who disputes knows it; that the tickets cannot be used meanwhile, and when they can be again, is news. */
    private static Stream<DueMail> disputed(PaymentSnapshot.ReportedDispute dispute) {
        String id = dispute.id().toString();
        return switch (dispute.state()) {
            case OPEN -> Stream.of(new DueMail(MailKind.PAYMENT_DISPUTED, id));
            case WON -> Stream.of(new DueMail(MailKind.DISPUTE_SETTLED, id));
            // It ends the registration, which has a mail of its own.
            case LOST, UNKNOWN -> Stream.empty();
        };
    }

    private static List<DueMail> unpaid(RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        if (!registration.total().isPositive() || (payment != null && payment.isUnderway())) {
            return List.of();
        }
        // One of the three: all say until when to pay, and where.
        boolean failed = payment != null && payment.hasFailed();
        MailKind kind = registration.isProved() ? MailKind.PROOF_ACCEPTED : MailKind.PAY_NOW;
        return List.of(DueMail.once(failed ? MailKind.PAYMENT_FAILED : kind));
    }

    private static List<DueMail> ended(RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        if (registration.wasPaidLate()) {
            return List.of(DueMail.once(MailKind.LATE_PAYMENT_REFUNDED));
        }
        // Late money is answered within moments, by a seat or by a refund; until then it would be untrue that none
        // came.
        boolean unanswered = payment != null && payment.hasCaptured() && !registration.hasCaptured();
        return unanswered ? List.of() : List.of(DueMail.once(MailKind.EXPIRED));
    }

    /** The refund of late money has a mail of its own, which says why; what was transferred before that is not in it. */
    private static Stream<DueMail> refunds(RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        if (payment == null) {
            return Stream.empty();
        }
        return payment.refunds().stream()
                .filter(refund -> refund.isDone() && (refund.isSurplus() || !registration.wasPaidLate()))
                .map(refund -> new DueMail(MailKind.REFUND_MADE, refund.id().toString()));
    }
}
