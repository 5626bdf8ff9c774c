package org.openingminute.payment.provider;

import java.io.Serial;

/** No answer came from a provider. Whether the thing was done is not known: repeat it with the same key, or ask. */
public final class ProviderUnavailable extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean repeatable;

    public ProviderUnavailable(String provider, Throwable cause) {
        super(provider + " does not answer: " + cause, cause);
        this.repeatable = true;
    }

    public ProviderUnavailable(String reason) {
        this(reason, true);
    }

    private ProviderUnavailable(String reason, boolean repeatable) {
        super(reason);
        this.repeatable = repeatable;
    }

    /** What a moment does not mend, and repeating at once makes worse: too many calls, or a configuration that is wrong. */
    public static ProviderUnavailable forLonger(String reason) {
        return new ProviderUnavailable(reason, false);
    }

    /** Whether it may be repeated after a fraction of a second. */
    boolean isRepeatable() {
        return repeatable;
    }
}
