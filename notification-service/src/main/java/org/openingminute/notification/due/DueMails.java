package org.openingminute.notification.due;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;

/**
 * Decides which mails a state makes due. It is applied when an event is read, to insert rows, and again right before sending, to check that
 * the state a mail is about still holds. Pure.
 */
public final class DueMails {

    private DueMails() {}

    /**
     * Returns the mails that are due in the current state, including mails that were sent before.
     *
     * @param now machine time: no mail asks for money after the end of a hold
     */
    public static List<DueMail> by(RegistrationProjection projection, Instant now) {
        @Nullable RegistrationSnapshot registration = projection.registration();
        if (registration == null) {
            return List.of();
        }
        @Nullable PaymentSnapshot payment = projection.payment();
        boolean holds = projection.holdEndsAt() == null || now.isBefore(projection.holdEndsAt());
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
        return Stream.of(
                        byStatus.stream(),
                        refunds(registration, payment),
                        newLink(registration),
                        formerContacts(registration))
                .flatMap(mails -> mails)
                .toList();
    }

    /** Whether a mail may be sent, that is, whether the state it is about holds now. */
    public static boolean mayGo(DueMail mail, RegistrationProjection projection, Instant now) {
        return mail.isRequested()
                ? projection.registration() != null
                : by(projection, now).contains(mail);
    }

    /** After links were invalidated, one mail with a new link is due for each generation. */
    private static Stream<DueMail> newLink(RegistrationSnapshot registration) {
        return registration.contactGeneration() == 0
                ? Stream.empty()
                : Stream.of(new DueMail(MailKind.LINK, Long.toString(registration.contactGeneration())));
    }

    private static Stream<DueMail> formerContacts(RegistrationSnapshot registration) {
        return registration.formerContacts().stream()
                .map(former -> new DueMail(MailKind.CONTACT_CHANGED, Long.toString(former.generation())));
    }

    /** Returns the registration as a mail addresses it: a former contact by the former name and address. */
    public static RegistrationSnapshot addressed(RegistrationSnapshot registration, DueMail mail) {
        return mail.kind() == MailKind.CONTACT_CHANGED ? registration.toFormerContact(mail.about()) : registration;
    }

    private static List<DueMail> confirmed(@Nullable PaymentSnapshot payment) {
        Stream<DueMail> confirmation = Stream.of(DueMail.once(MailKind.CONFIRMATION));
        Stream<DueMail> disputes =
                payment == null ? Stream.empty() : payment.disputes().stream().flatMap(DueMails::disputed);
        return Stream.concat(confirmation, disputes).toList();
    }

    /** Returns the mails about a dispute. The payer knows of the dispute; the mail is about the tickets, which are unusable meanwhile. */
    private static Stream<DueMail> disputed(PaymentSnapshot.ReportedDispute dispute) {
        String id = dispute.id().toString();
        return switch (dispute.state()) {
            case OPEN -> Stream.of(new DueMail(MailKind.PAYMENT_DISPUTED, id));
            case WON -> Stream.of(new DueMail(MailKind.DISPUTE_SETTLED, id));
            // A lost dispute ends the registration, which has a mail of its own.
            case LOST, UNKNOWN -> Stream.empty();
        };
    }

    private static List<DueMail> unpaid(RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        if (!registration.total().isPositive() || (payment != null && payment.isUnderway())) {
            return List.of();
        }
        // Only one of the three kinds is due, because each has the deadline and the link to pay.
        boolean failed = payment != null && payment.hasFailed();
        MailKind kind = registration.isProved() ? MailKind.PROOF_ACCEPTED : MailKind.PAY_NOW;
        return List.of(DueMail.once(failed ? MailKind.PAYMENT_FAILED : kind));
    }

    private static List<DueMail> ended(RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        if (registration.wasPaidLate()) {
            return List.of(DueMail.once(MailKind.LATE_PAYMENT_REFUNDED));
        }
        // Late money gets a seat or a refund within moments. Until then it would be wrong to say that no payment
        // arrived.
        boolean unanswered = payment != null && payment.hasCaptured() && !registration.hasCaptured();
        return unanswered ? List.of() : List.of(DueMail.once(MailKind.EXPIRED));
    }

    /**
     * Returns the mails about refunds. The refund of late money has a mail of its own with the reason; that mail covers neither money
     * transferred before nor money refunded again after a refund was returned.
     */
    private static Stream<DueMail> refunds(RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        if (payment == null) {
            return Stream.empty();
        }
        Instant firstReturn = payment.refunds().stream()
                .filter(PaymentSnapshot.ReportedRefund::isReturned)
                .map(PaymentSnapshot.ReportedRefund::at)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
        Predicate<PaymentSnapshot.ReportedRefund> isInLateMail = refund ->
                registration.wasPaidLate() && !refund.isSurplus() && refund.at().isBefore(firstReturn);
        return payment.refunds().stream()
                .filter(refund -> refund.isReturned() || (refund.isDone() && !isInLateMail.test(refund)))
                .map(refund -> new DueMail(
                        refund.isReturned() ? MailKind.REFUND_FAILED : MailKind.REFUND_MADE,
                        refund.id().toString()));
    }
}
