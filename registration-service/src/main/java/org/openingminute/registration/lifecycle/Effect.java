package org.openingminute.registration.lifecycle;

import java.util.Optional;

/** What a move does besides changing the state. Carried out in the order of a row of the table. */
public enum Effect {
    /** Takes every quota that the order needs, as held. */
    HOLD_SEATS,
    /** What was held is sold. */
    SELL_SEATS,
    /** What was held or sold is free again. */
    FREE_SEATS,
    /** Gives the refused categories back and holds those of the offer. */
    HOLD_OFFER,
    START_HOLD,
    EXTEND_HOLD,
    /** Every proof is there: the hold lasts as long as a review may take, from now. Never shortens it. */
    HOLD_FOR_REVIEW,
    START_OFFER_HOLD,
    END_HOLD,

    /** {@code payment.request}: what is due, whether it can be paid, and for how long. */
    REQUEST_PAYMENT,
    /** {@code payment.close}: nothing more is taken for it. */
    CLOSE_PAYMENT,
    /** {@code payment.keep}: the money is for a seat. */
    KEEP_MONEY,
    /** {@code payment.refund}: everything that was captured and not given back yet. */
    REFUND_IN_FULL,
    /** {@code payment.refund}: what the cancellation policy, or the organiser, says. */
    REFUND_AS_DECIDED,
    /** {@code payment.refund}: once more what could not be given back, three times at most. */
    REFUND_AGAIN,

    FREEZE_TICKETS,
    THAW_TICKETS,

    SAY_HELD,
    SAY_REVIEW_WANTED,
    SAY_REJECTED,
    SAY_CONFIRMED,
    SAY_EXPIRED,
    SAY_CANCELLED,
    SAY_TRANSFERRED,
    SAY_CHANGED;

    /** The type of the event that this effect says, or none for an effect that says nothing. */
    public Optional<String> eventType() {
        return switch (this) {
            case SAY_HELD -> Optional.of("registration.held.v1");
            case SAY_REVIEW_WANTED -> Optional.of("registration.review-wanted.v1");
            case SAY_REJECTED -> Optional.of("registration.rejected.v1");
            case SAY_CONFIRMED -> Optional.of("registration.confirmed.v1");
            case SAY_EXPIRED -> Optional.of("registration.expired.v1");
            case SAY_CANCELLED -> Optional.of("registration.cancelled.v1");
            case SAY_TRANSFERRED -> Optional.of("registration.transferred.v1");
            case SAY_CHANGED -> Optional.of("registration.changed.v1");
            case HOLD_SEATS,
                    SELL_SEATS,
                    FREE_SEATS,
                    HOLD_OFFER,
                    START_HOLD,
                    EXTEND_HOLD,
                    HOLD_FOR_REVIEW,
                    START_OFFER_HOLD,
                    END_HOLD,
                    REQUEST_PAYMENT,
                    CLOSE_PAYMENT,
                    KEEP_MONEY,
                    REFUND_IN_FULL,
                    REFUND_AS_DECIDED,
                    REFUND_AGAIN,
                    FREEZE_TICKETS,
                    THAW_TICKETS -> Optional.empty();
        };
    }
}
