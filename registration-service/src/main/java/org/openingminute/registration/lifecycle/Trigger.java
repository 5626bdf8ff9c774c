package org.openingminute.registration.lifecycle;

/** A trigger moves the state of a registration. */
public enum Trigger {
    REQUESTED,
    EXTENDED,
    /** A file came in that is to show that an attendee is of their category. */
    PROOF_RECEIVED,
    PROOF_ACCEPTED,
    PROOF_REFUSED,
    /** Money came in (or was marked as paid): as much as is due. */
    CAPTURED,
    /** Money came in: another amount or currency than is due. */
    AMOUNT_WRONG,
    PAYMENT_FAILED,
    HOLD_RAN_OUT,
    CANCELLED_BY_REGISTRANT,
    CANCELLED_BY_ORGANISER,
    OFFER_ACCEPTED,
    REFUNDED,
    REFUND_FAILED,
    DISPUTE_OPENED,
    DISPUTE_WON,
    DISPUTE_LOST
}
