package org.openingminute.registration.tickets;

import org.openingminute.messaging.outbox.OutgoingMessage;

/**
 * A message's body that bears tickets. What is decided says which; they are signed when it is saved, since signing takes a
 * secret and time.
 */
public interface Ticketed {

    /** The same body with the signed texts. */
    Object signed(TicketSigner signer);

    /** The message as it is to be sent. */
    static OutgoingMessage signed(OutgoingMessage message, TicketSigner signer) {
        return message.body() instanceof Ticketed body ? message.withBody(body.signed(signer)) : message;
    }
}
