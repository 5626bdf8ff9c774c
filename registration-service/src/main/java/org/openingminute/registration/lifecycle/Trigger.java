package org.openingminute.registration.lifecycle;

/** A trigger moves the state of a registration. */
public enum Trigger {
    REQUESTED,
    EXTENDED,
    /** The contact has opened a mailed link. */
    LINK_OPENED,
    /** A proof of an attendee's category was sent in. */
    PROOF_RECEIVED,
    PROOF_ACCEPTED,
    PROOF_REFUSED,
    /** Money came in (or was marked as paid), in the amount due. */
    CAPTURED,
    /** Money came in, in another amount or currency than due. */
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
