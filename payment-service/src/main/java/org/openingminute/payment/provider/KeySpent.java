package org.openingminute.payment.provider;

import java.io.Serial;

/**
 * A provider answers whatever is ordered under a key as it has answered before, and that answer was neither a thing that was
 * made nor a "no". Nothing comes of the key any more: the order needs another.
 */
public final class KeySpent extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public KeySpent(String reason) {
        super(reason);
    }
}
