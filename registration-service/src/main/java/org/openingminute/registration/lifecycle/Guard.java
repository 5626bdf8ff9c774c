package org.openingminute.registration.lifecycle;

import java.util.EnumSet;
import java.util.Set;

/** Chooses between outcomes of a trigger in a state. The decision evaluates it under the lock. */
public enum Guard {
    /** The trigger has one outcome. */
    ALWAYS,
    NEEDS_PROOF,
    TO_PAY,
    NOTHING_TO_PAY,
    /** The payment was taken at the desk. */
    PAID_AT_DESK,
    /** Other proofs are missing or not reviewed yet. */
    MORE_PROOFS_WANTED,
    /** This proof is the last one that was missing. */
    ALL_PROOFS_THERE,
    /** Every proof was there before, and one was replaced. */
    PROOF_REPLACED,
    OFFER_POSSIBLE,
    NO_OFFER,
    FIRST_EXTENSION,
    EXTENDED_BEFORE,
    /** The hold ends early, because the contact has opened no mailed link yet. */
    HELD_SHORT,
    HELD_IN_FULL,
    /** Every quota of the order is free. */
    SEATS_FREE,
    SEATS_TAKEN,
    NO_DISPUTE,
    DISPUTE_OPEN;

    /** Returns the guards of a trigger; exactly one of them holds at a time. */
    static Set<Guard> of(Trigger trigger) {
        return switch (trigger) {
            case REQUESTED -> EnumSet.of(NEEDS_PROOF, TO_PAY, NOTHING_TO_PAY, PAID_AT_DESK);
            case PROOF_RECEIVED -> EnumSet.of(MORE_PROOFS_WANTED, ALL_PROOFS_THERE, PROOF_REPLACED);
            case PROOF_ACCEPTED -> EnumSet.of(MORE_PROOFS_WANTED, ALL_PROOFS_THERE, TO_PAY, NOTHING_TO_PAY);
            case PROOF_REFUSED -> EnumSet.of(OFFER_POSSIBLE, NO_OFFER);
            case OFFER_ACCEPTED -> EnumSet.of(TO_PAY, NOTHING_TO_PAY, NO_OFFER);
            case EXTENDED -> EnumSet.of(FIRST_EXTENSION, EXTENDED_BEFORE);
            case LINK_OPENED -> EnumSet.of(HELD_SHORT, HELD_IN_FULL);
            case CAPTURED -> EnumSet.of(SEATS_FREE, SEATS_TAKEN);
            case CANCELLED_BY_REGISTRANT, CANCELLED_BY_ORGANISER -> EnumSet.of(NO_DISPUTE, DISPUTE_OPEN);
            case AMOUNT_WRONG,
                    PAYMENT_FAILED,
                    HOLD_RAN_OUT,
                    REFUNDED,
                    REFUND_FAILED,
                    DISPUTE_OPENED,
                    DISPUTE_WON,
                    DISPUTE_LOST -> EnumSet.of(ALWAYS);
        };
    }
}
