package org.openingminute.payment.provider;

import java.io.Serial;

/** A provider's "no" to a session that was wanted, which no repetition changes: nothing was opened, and nothing will be. */
public final class SessionRefused extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** @param reason one of the names in {@code docs/interfaces.md}, as {@code amount-too-small} */
    public SessionRefused(String reason) {
        super(reason);
    }
}
