package org.openingminute.payment.payment;

import java.io.Serial;
import org.openingminute.messaging.inbox.MayPass;

/** Says of an act that what it is about has not arrived; it is to be tried again later. */
public final class NotYet extends MayPass {

    @Serial
    private static final long serialVersionUID = 1L;

    NotYet(String reason) {
        super(reason);
    }
}
