package org.openingminute.payment.provider;

import java.io.Serial;

/** No answer came from a provider. Whether the thing was done is not known: repeat it with the same key, or ask. */
public final class ProviderUnavailable extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public ProviderUnavailable(String provider, Throwable cause) {
        super(provider + " does not answer: " + cause, cause);
    }

    public ProviderUnavailable(String reason) {
        super(reason);
    }
}
