package org.openingminute.payment.provider;

import java.io.Serial;
import org.openingminute.kit.problem.RedactedException;

/** A call that failed or was refused at a provider, or a message that is not the provider's. */
public abstract sealed class ProviderException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private ProviderException(String reason) {
        super(reason);
    }

    private ProviderException(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** The provider repeats its earlier response to a key, which was neither a success nor a refusal. The order needs another key. */
    public static final class KeySpent extends ProviderException {

        @Serial
        private static final long serialVersionUID = 1L;

        public KeySpent(String reason) {
            super(reason);
        }
    }

    /** A webhook was not sent by the provider it names, or cannot be read. */
    public static final class MessageRefused extends ProviderException {

        @Serial
        private static final long serialVersionUID = 1L;

        public MessageRefused(String reason) {
            super(reason);
        }
    }

    /** No response arrived from a provider. The outcome of the call is unknown: repeat it with the same key, or read the state. */
    public static sealed class ProviderUnavailable extends ProviderException permits CallRejected {

        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean repeatable;

        public ProviderUnavailable(String provider, Throwable cause) {
            super(provider + " does not answer: " + RedactedException.types(cause), cause);
            this.repeatable = true;
        }

        public ProviderUnavailable(String reason) {
            this(reason, true);
        }

        private ProviderUnavailable(String reason, boolean repeatable) {
            super(reason);
            this.repeatable = repeatable;
        }

        /** Creates a failure that lasts longer than a moment and that immediate repetition would make worse, such as too many calls. */
        public static ProviderUnavailable forLonger(String reason) {
            return new ProviderUnavailable(reason, false);
        }

        /** Whether the call may be repeated after a fraction of a second. */
        boolean isRepeatable() {
            return repeatable;
        }
    }

    /**
     * The provider answered that it did not execute the call, for a reason outside the order: our key or account, another call in progress,
     * or a fault of ours. This is no outage and does not affect other calls. The call is repeated at growing intervals.
     */
    public static final class CallRejected extends ProviderUnavailable {

        @Serial
        private static final long serialVersionUID = 1L;

        public CallRejected(String reason) {
            super(reason, false);
        }

        private CallRejected(String reason, boolean repeatable) {
            super(reason, repeatable);
        }

        /** Creates a rejection because of another call that is in progress and ends soon. */
        public static CallRejected forNow(String reason) {
            return new CallRejected(reason, true);
        }
    }

    /** A provider's permanent refusal of a session: none was opened, and none will be. */
    public static final class SessionRefused extends ProviderException {

        @Serial
        private static final long serialVersionUID = 1L;

        /** @param reason one of the names in {@code docs/interfaces.md}, such as {@code amount-too-small} */
        public SessionRefused(String reason) {
            super(reason);
        }
    }
}
