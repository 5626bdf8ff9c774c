package org.openingminute.messaging.inbox;

import java.io.Serial;

/** Says of a message that no repetition will make it work: it is parked at once, and its partition goes on. */
public class PermanentFailure extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** @param reason for operators and logs: in words of ours, with nothing in it that the record's writer chose */
    public PermanentFailure(String reason) {
        super(reason);
    }

    /**
     * @param reason as above
     * @param cause what was thrown; operators are told its simple name and never its message
     */
    public PermanentFailure(String reason, Throwable cause) {
        super(reason, cause);
    }
}
