package org.openingminute.notification.owed;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.heard.RegistrationState;
import org.openingminute.notification.heard.RegistrationStatus;

/**
 * How long an owed mail waits before it is sent, so that one who pays at once is not asked to pay.
 *
 * @param payNow how long an unpaid registration waits for its pay-now mail
 * @param paymentFailed the same for the news that a payment failed
 */
record Waits(Duration payNow, Duration paymentFailed) {

    /** After reading an old event, its successors have this long to be read too. */
    private static final Duration CATCHING_UP = Duration.ofSeconds(5);

    /**
     * When a mail may go out.
     *
     * @param before the status that was known before this event
     * @param said when the event was written, by the machine's clock
     */
    Instant earliest(
            MailKind kind,
            RegistrationState registration,
            @Nullable RegistrationStatus before,
            Instant said,
            Instant now) {
        Duration wait = shorter(
                switch (kind) {
                    // Who waited for a review is not in front of the page.
                    case PAY_NOW -> before == RegistrationStatus.PENDING_REVIEW ? Duration.ZERO : payNow;
                    case PAYMENT_FAILED -> paymentFailed;
                    case CONFIRMATION,
                            EXPIRED,
                            CANCELLED,
                            LATE_PAYMENT_REFUNDED,
                            REFUND_MADE,
                            PROOF_WANTED,
                            PROOF_REFUSED -> Duration.ZERO;
                },
                registration.heldFor().map(held -> held.dividedBy(3)).orElse(payNow));
        Instant due = said.plus(wait);
        Instant caughtUp = now.plus(shorter(wait, CATCHING_UP));
        return due.isAfter(caughtUp) ? due : caughtUp;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
