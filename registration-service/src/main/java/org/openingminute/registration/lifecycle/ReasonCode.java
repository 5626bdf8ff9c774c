package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Why a registration was refused, cancelled or ended, or why money goes back. */
public enum ReasonCode {
    CANCELLED_BY_REGISTRANT("cancelled-by-registrant", "cancelled by the registrant"),
    /** The sentence is for what staff do in a registrant's place: otherwise they say why. */
    CANCELLED_BY_ORGANISER("cancelled-by-organiser", "on the registrant's behalf"),
    PROOF_REFUSED("proof-refused", "the proof was not accepted"),
    PROOF_TIME_OVER("proof-time-over", "the time for the proof ran out"),
    OFFER_TIME_OVER("offer-time-over", "the offer was not accepted in time"),
    PAYMENT_TIME_OVER("payment-time-over", "the time to pay ran out"),
    AMOUNT_WRONG("amount-wrong", "the amount paid is not the amount due"),
    PAID_LATE_SEATS_TAKEN("paid-late-seats-taken", "the payment came after the hold, and the seats were taken by then"),
    PAID_AFTER_CANCELLATION("paid-after-cancellation", "the payment came after the cancellation"),
    PAID_BEFORE_PAYABLE("paid-before-payable", "the payment came before it could be paid"),
    DISPUTE_LOST("dispute-lost", "the payment was taken back"),
    /** Of a refund alone, which an organiser ordered without a cancellation. */
    ORDERED_BY_ORGANISER("ordered-by-organiser", "ordered by the organiser");

    private final String wireName;
    private final String inWords;

    ReasonCode(String wireName, String inWords) {
        this.wireName = wireName;
        this.inWords = inWords;
    }

    /** The code that is written so; {@code null} where it is one of a later version. */
    @JsonCreator
    static @Nullable ReasonCode of(String wireName) {
        return Arrays.stream(values())
                .filter(code -> code.wireName.equals(wireName))
                .findFirst()
                .orElse(null);
    }

    /** The name on the wire and in the database. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    /** English, for readers that do not know codes; what people read is found by the code, in their language. */
    String inWords() {
        return inWords;
    }
}
