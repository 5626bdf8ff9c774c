package org.openingminute.messaging.inbox;

import java.io.Serial;

/** Says of a failure that a later try may succeed, however often it takes: the message is never parked because of it. */
public class MayPass extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public MayPass(String reason, Throwable cause) {
        super(reason, cause);
    }

    public MayPass(String reason) {
        super(reason);
    }
}
