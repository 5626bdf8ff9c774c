package org.openingminute.messaging.inbox;

import java.io.Serial;

/** Reports a failure that may pass: the message is retried indefinitely, and never parked because of it. */
public class TransientFailure extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * @param reason the obstacle, in our own words
     * @param cause the exception that was thrown
     */
    public TransientFailure(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** @param reason the obstacle, in our own words */
    public TransientFailure(String reason) {
        super(reason);
    }
}
