package org.openingminute.messaging.inbox;

import java.io.Serial;

/**
 * Reports a failure after which a later attempt may succeed: the message is retried for as long as it takes, and never
 * parked because of it.
 */
public class TransientFailure extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * @param reason what is in the way, in words of ours
     * @param cause what was thrown
     */
    public TransientFailure(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** @param reason what is in the way, in words of ours */
    public TransientFailure(String reason) {
        super(reason);
    }
}
