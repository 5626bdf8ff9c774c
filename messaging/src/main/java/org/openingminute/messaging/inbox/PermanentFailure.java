package org.openingminute.messaging.inbox;

import java.io.Serial;

/** Reports that a message cannot be applied however often it is retried. The message is parked at once, and its partition continues. */
public class PermanentFailure extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** @param reason for operators and logs, in our own words; must not contain anything that the record's writer chose */
    public PermanentFailure(String reason) {
        super(reason);
    }

    /**
     * @param reason for operators and logs, in our own words; must not contain anything that the record's writer chose
     * @param cause the original exception; operators see its simple name but never its message
     */
    public PermanentFailure(String reason, Throwable cause) {
        super(reason, cause);
    }
}
