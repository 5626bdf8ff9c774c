package org.openingminute.messaging.inbox;

import java.io.Serial;

/** Says of a failure that a later try may succeed, however often it takes: the message is never parked because of it. */
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
