package org.openingminute.notification.due;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationStatus;

/**
 * How long a due mail is delayed, so that no mail asks for money right before a payment, and a confirmation can link to its receipt.
 *
 * @param payNow delay of an unpaid registration's pay-now mail
 * @param paymentFailed delay of the payment-failed mail
 * @param receipt how long a confirmation waits for the receipt
 */
record DelayPolicy(Duration payNow, Duration paymentFailed, Duration receipt) {

    private static final Duration PARTS_REPORTED_WITHIN = Duration.ofSeconds(3);

    /** If the writer's clock is ahead by less than this, mails are not delayed further. */
    private static final Duration CLOCKS_DIFFER_BY = Duration.ofSeconds(1);

    /** Time to read the events that follow an old event. */
    private static final Duration CATCHING_UP = Duration.ofSeconds(5);

    /**
     * Returns the earliest instant at which a mail may be sent.
     *
     * @param projection after the event
     * @param before the status that was known before the event; {@code null} for none
     * @param writtenAt when the event was written, machine time
     * @throws IllegalArgumentException if the registration was not received
     */
    Instant earliest(
            MailKind kind,
            RegistrationProjection projection,
            @Nullable RegistrationStatus before,
            Instant writtenAt,
            Instant now) {
        @Nullable RegistrationSnapshot registration = projection.registration();
        if (registration == null) {
            throw new IllegalArgumentException("no registration for this mail");
        }
        Duration wait = switch (kind) {
            // After a review the registrant has left the page, and an invoice is not paid on the page.
            case PAY_NOW ->
                before == RegistrationStatus.PENDING_REVIEW || registration.isPaidByInvoice()
                        ? Duration.ZERO
                        : withinTheHold(payNow, registration);
            case PAYMENT_FAILED -> withinTheHold(paymentFailed, registration);
            case CONFIRMATION -> awaitsReceipt(registration, projection.payment()) ? receipt : Duration.ZERO;
            // Payment-service reports within moments how much of a transfer is refunded.
            case EXPIRED, CANCELLED -> registration.isPaidByInvoice() ? PARTS_REPORTED_WITHIN : Duration.ZERO;
            case LATE_PAYMENT_REFUNDED,
                    REFUND_MADE,
                    REFUND_FAILED,
                    PROOF_WANTED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    PAYMENT_DISPUTED,
                    DISPUTE_SETTLED,
                    LINK,
                    CONTACT_CHANGED -> Duration.ZERO;
        };
        boolean ahead = writtenAt.isAfter(now) && writtenAt.isBefore(now.plus(CLOCKS_DIFFER_BY));
        Instant due = (ahead ? now : writtenAt).plus(wait);
        Instant caughtUp = now.plus(shorter(wait, CATCHING_UP));
        return due.isAfter(caughtUp) ? due : caughtUp;
    }

    /** Whether a delayed mail has nothing to wait for any more. */
    boolean endsEarly(MailKind kind, RegistrationProjection projection) {
        return kind == MailKind.CONFIRMATION
                && projection.registration() != null
                && !awaitsReceipt(projection.registration(), projection.payment());
    }

    private static Duration withinTheHold(Duration wait, RegistrationSnapshot registration) {
        return registration
                .heldFor()
                .map(held -> shorter(wait, held.dividedBy(3)))
                .orElse(wait);
    }

    /** Whether a receipt is still to come; a capture normally gets one within a second. */
    private static boolean awaitsReceipt(RegistrationSnapshot registration, @Nullable PaymentSnapshot payment) {
        return registration.hasCaptured() && (payment == null || payment.receipt() == null);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
