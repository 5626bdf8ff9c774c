package org.openingminute.payment.lifecycle;

import java.io.Serial;
import org.openingminute.messaging.inbox.TransientFailure;

/** Thrown if the subject of a trigger has not arrived yet; the trigger is tried again later. */
public final class NotReady extends TransientFailure {

    @Serial
    private static final long serialVersionUID = 1L;

    NotReady(String reason) {
        super(reason);
    }
}
