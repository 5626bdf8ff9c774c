package org.openingminute.messaging.inbox;

import java.io.Serial;

/** Reports that no retry can apply a message: it is parked at once, and its partition goes on. */
public class PermanentFailure extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** @param reason for operators and logs, in our own words, containing nothing that the record's writer chose */
    public PermanentFailure(String reason) {
        super(reason);
    }

    /**
     * @param reason as above
     * @param cause the original exception; operators see its simple name and never its message
     */
    public PermanentFailure(String reason, Throwable cause) {
        super(reason, cause);
    }
}
