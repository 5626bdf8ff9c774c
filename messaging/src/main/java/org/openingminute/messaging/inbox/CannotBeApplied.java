package org.openingminute.messaging.inbox;

import java.io.Serial;

/** Says of a message that no repetition will make it work: it is parked at once, and its partition goes on. */
public class CannotBeApplied extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public CannotBeApplied(String reason) {
        super(reason);
    }

    public CannotBeApplied(String reason, Throwable cause) {
        super(reason, cause);
    }
}
