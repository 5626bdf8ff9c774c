package org.openingminute.messaging.inbox;

import java.io.Serial;

/** Reports which message of a poll could not be applied. */
public final class BatchFailure extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int index;

    /**
     * @param index the position within the poll, from 0
     * @param cause the exception thrown while applying the message
     */
    public BatchFailure(int index, RuntimeException cause) {
        super(cause);
        this.index = index;
    }

    /** The message's position within the poll, from 0. */
    public int index() {
        return index;
    }
}
