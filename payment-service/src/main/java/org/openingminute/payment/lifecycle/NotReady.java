package org.openingminute.payment.lifecycle;

import java.io.Serial;
import org.openingminute.messaging.inbox.TransientFailure;

/** Says of a trigger that what it is about has not arrived; it is to be tried again later. */
public final class NotReady extends TransientFailure {

    @Serial
    private static final long serialVersionUID = 1L;

    NotReady(String reason) {
        super(reason);
    }
}
