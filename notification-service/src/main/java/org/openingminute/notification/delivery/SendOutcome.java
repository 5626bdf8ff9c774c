package org.openingminute.notification.delivery;

import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.smtp.DeliveryOutcome;

/**
 * The reason why this instance is done with a leased mail for now: an answer of the mail server, or a reason of our own.
 */
sealed interface SendOutcome {

    /** The mail server was asked to take the mail. */
    record Delivered(DeliveryOutcome outcome, String recipient, ComposedMail composed) implements SendOutcome {}

    /** The mail server was not asked, or this service failed. */
    enum Local implements SendOutcome {
        /** The recipient's address is malformed. */
        NO_ADDRESS,
        /** The state that the mail is about has passed, or its reader has left. */
        NO_LONGER_DUE,
        /** A newer state made the mail due again while it was about to be superseded. */
        DUE_AGAIN,
        /** The definition of the conference has not been received yet; its topic has every one of them. */
        CONFERENCE_UNKNOWN,
        /** Events that have not been read yet may end the state that the mail is about. */
        EVENTS_UNREAD,
        /** This instance stops before the rate let the mail go; another one may have it at once. */
        INSTANCE_STOPPED,
        /** This service failed. */
        INTERNAL_ERROR
    }
}
