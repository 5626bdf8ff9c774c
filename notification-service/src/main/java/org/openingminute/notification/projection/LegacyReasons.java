package org.openingminute.notification.projection;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sentences for reasons in messages without codes. They never change: earlier states are kept, and a version without codes may run
 * beside this one. Any other sentence was written by a person and is shown unchanged.
 */
final class LegacyReasons {

    private static final Map<String, ReasonCode> CODES = Map.of(
            "cancelled by the registrant", ReasonCode.CANCELLED_BY_REGISTRANT,
            "on the registrant's behalf", ReasonCode.CANCELLED_BY_ORGANISER,
            "the time for the proof ran out", ReasonCode.PROOF_TIME_OVER,
            "the offer was not accepted in time", ReasonCode.OFFER_TIME_OVER,
            "the time to pay ran out", ReasonCode.PAYMENT_TIME_OVER,
            "the amount paid is not the amount due", ReasonCode.AMOUNT_WRONG,
            "the payment came after the hold, and the seats were taken by then", ReasonCode.PAID_LATE_SEATS_TAKEN,
            "the payment came after the cancellation", ReasonCode.PAID_AFTER_CANCELLATION,
            "the payment came before it could be paid", ReasonCode.PAID_BEFORE_PAYABLE,
            "the payment was taken back", ReasonCode.DISPUTE_LOST);

    private LegacyReasons() {}

    static @Nullable ReasonCode code(String reason) {
        return CODES.get(reason);
    }
}
