package org.openingminute.notification.owed;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.heard.Heard;
import org.openingminute.notification.heard.PaymentState;
import org.openingminute.notification.heard.RegistrationState;

/**
 * The rule: which mails a state owes. Asked when an event is read, which gives the rows, and again right before sending, which
 * tells whether the state that a mail is about still holds.
 */
public final class OwedMails {

    private OwedMails() {}

    /**
     * The mails that are owed by what is known now; those that were sent before are among them.
     *
     * @param now by the machine's clock: nobody is asked to pay after the end of a hold
     */
    public static List<Owed> by(Heard heard, Instant now) {
        @Nullable RegistrationState registration = heard.registration();
        if (registration == null) {
            return List.of();
        }
        @Nullable PaymentState payment = heard.payment();
        boolean holds = heard.holdEndsAt() == null || now.isBefore(heard.holdEndsAt());
        List<Owed> byStatus = switch (registration.status()) {
            case PENDING_REVIEW ->
                holds && registration.wantsProof() ? List.of(Owed.once(MailKind.PROOF_WANTED)) : List.of();
            case PENDING_PAYMENT -> holds ? unpaid(registration, payment) : List.of();
            case CONFIRMED -> confirmed(payment);
            case REJECTED -> holds ? List.of(Owed.once(MailKind.PROOF_REFUSED)) : List.of();
            case EXPIRED -> ended(registration, payment);
            case CANCELLED -> List.of(Owed.once(MailKind.CANCELLED));
            case UNKNOWN -> List.of();
        };
        return Stream.concat(byStatus.stream(), refunds(registration, payment)).toList();
    }

    /** Whether a mail may go out: what it is about is so now. */
    public static boolean mayGo(Owed mail, Heard heard, Instant now) {
        return mail.kind() == MailKind.LINK
                ? heard.registration() != null
                : by(heard, now).contains(mail);
    }

    private static List<Owed> confirmed(@Nullable PaymentState payment) {
        Stream<Owed> confirmation = Stream.of(Owed.once(MailKind.CONFIRMATION));
        Stream<Owed> disputes =
                payment == null ? Stream.empty() : payment.disputes().stream().flatMap(OwedMails::disputed);
        return Stream.concat(confirmation, disputes).toList();
    }

    /** Who disputes knows it; that the tickets cannot be used meanwhile, and when they can be again, is news. */
    private static Stream<Owed> disputed(PaymentState.Dispute dispute) {
        String id = dispute.id().toString();
        return switch (dispute.state()) {
            case OPEN -> Stream.of(new Owed(MailKind.PAYMENT_DISPUTED, id));
            case WON -> Stream.of(new Owed(MailKind.DISPUTE_SETTLED, id));
            // It ends the registration, which has a mail of its own.
            case LOST, UNKNOWN -> Stream.empty();
        };
    }

    private static List<Owed> unpaid(RegistrationState registration, @Nullable PaymentState payment) {
        if (!registration.total().isPositive() || (payment != null && payment.isUnderway())) {
            return List.of();
        }
        // One of the three: all say until when to pay, and where.
        boolean failed = payment != null && payment.hasFailed();
        MailKind kind = registration.isProved() ? MailKind.PROOF_ACCEPTED : MailKind.PAY_NOW;
        return List.of(Owed.once(failed ? MailKind.PAYMENT_FAILED : kind));
    }

    private static List<Owed> ended(RegistrationState registration, @Nullable PaymentState payment) {
        if (registration.wasPaidLate()) {
            return List.of(Owed.once(MailKind.LATE_PAYMENT_REFUNDED));
        }
        // Late money is answered within moments, by a seat or by a refund; until then it would be untrue that none
        // came.
        boolean unanswered = payment != null && payment.hasCaptured() && !registration.hasCaptured();
        return unanswered ? List.of() : List.of(Owed.once(MailKind.EXPIRED));
    }

    /** The refund of late money has a mail of its own, which says why; what was transferred before that is not in it. */
    private static Stream<Owed> refunds(RegistrationState registration, @Nullable PaymentState payment) {
        if (payment == null) {
            return Stream.empty();
        }
        return payment.refunds().stream()
                .filter(refund -> refund.isDone() && (refund.isSurplus() || !registration.wasPaidLate()))
                .map(refund -> new Owed(MailKind.REFUND_MADE, refund.id().toString()));
    }
}
