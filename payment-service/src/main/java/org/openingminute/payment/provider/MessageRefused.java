package org.openingminute.payment.provider;

import java.io.Serial;

/** What was told in a provider's name is not the provider's, or cannot be read. */
public final class MessageRefused extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public MessageRefused(String reason) {
        super(reason);
    }
}
