package org.openingminute.notification.delivery;

import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.smtp.DeliveryOutcome;

/** Why this instance is finished with a leased mail for now: a response of the mail server, or a reason of our own. */
sealed interface SendOutcome {

    /** The mail was handed to the mail server, with this outcome. */
    record Delivered(DeliveryOutcome outcome, String recipient, ComposedMail composed) implements SendOutcome {}

    /** The mail was not handed over, or this service failed. */
    enum Local implements SendOutcome {
        /** The recipient's address is malformed. */
        NO_ADDRESS,
        /** The state that the mail is about has passed, or its reader has left. */
        NO_LONGER_DUE,
        /** The mail was about to be superseded when a newer state made it due again. */
        DUE_AGAIN,
        /** The conference's definition has not been received yet; it will be, because its topic keeps every definition. */
        CONFERENCE_UNKNOWN,
        /** Unread events may end the state that the mail is about. */
        EVENTS_UNREAD,
        /** This instance stopped before the rate allowed the mail; another one may send it at once. */
        INSTANCE_STOPPED,
        /** This service failed. */
        INTERNAL_ERROR
    }
}
