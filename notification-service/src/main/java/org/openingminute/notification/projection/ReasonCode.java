package org.openingminute.notification.projection;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonValue;

/** The reason why a registration was refused, cancelled or ended, or why money goes back. */
public enum ReasonCode {
    CANCELLED_BY_REGISTRANT("cancelled-by-registrant"),
    CANCELLED_BY_ORGANISER("cancelled-by-organiser"),
    PROOF_REFUSED("proof-refused"),
    PROOF_TIME_OVER("proof-time-over"),
    OFFER_TIME_OVER("offer-time-over"),
    PAYMENT_TIME_OVER("payment-time-over"),
    AMOUNT_WRONG("amount-wrong"),
    PAID_LATE_SEATS_TAKEN("paid-late-seats-taken"),
    PAID_AFTER_CANCELLATION("paid-after-cancellation"),
    PAID_BEFORE_PAYABLE("paid-before-payable"),
    DISPUTE_LOST("dispute-lost"),
    /** A value of a later version of the contract. */
    @JsonEnumDefaultValue
    UNKNOWN("unknown");

    private final String wireName;

    ReasonCode(String wireName) {
        this.wireName = wireName;
    }

    @JsonValue
    public String wireName() {
        return wireName;
    }

    /** Whether it is the reason of a refund, and not of a registration's end. */
    public boolean isAboutMoney() {
        return switch (this) {
            case AMOUNT_WRONG, PAID_LATE_SEATS_TAKEN, PAID_AFTER_CANCELLATION, PAID_BEFORE_PAYABLE -> true;
            case CANCELLED_BY_REGISTRANT,
                    CANCELLED_BY_ORGANISER,
                    PROOF_REFUSED,
                    PROOF_TIME_OVER,
                    OFFER_TIME_OVER,
                    PAYMENT_TIME_OVER,
                    DISPUTE_LOST,
                    UNKNOWN -> false;
        };
    }
}
