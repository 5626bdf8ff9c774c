package org.openingminute.payment.provider;

import java.io.Serial;
import org.openingminute.kit.problem.Fault;

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

    /**
     * A provider repeats its earlier answer to a key, and that answer was neither a success nor a refusal. The order needs another
     * key.
     */
    public static final class KeySpent extends ProviderException {

        @Serial
        private static final long serialVersionUID = 1L;

        public KeySpent(String reason) {
            super(reason);
        }
    }

    /** A webhook in a provider's name is not the provider's, or cannot be read. */
    public static final class MessageRefused extends ProviderException {

        @Serial
        private static final long serialVersionUID = 1L;

        public MessageRefused(String reason) {
            super(reason);
        }
    }

    /**
     * No answer came from a provider. The outcome of the call is not known: repeat it with the same key, or read the state.
     */
    public static sealed class ProviderUnavailable extends ProviderException permits CallRejected {

        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean repeatable;

        public ProviderUnavailable(String provider, Throwable cause) {
            super(provider + " does not answer: " + Fault.types(cause), cause);
            this.repeatable = true;
        }

        public ProviderUnavailable(String reason) {
            this(reason, true);
        }

        private ProviderUnavailable(String reason, boolean repeatable) {
            super(reason);
            this.repeatable = repeatable;
        }

        /**
         * A failure that does not pass in a moment and gets worse by repeating at once, such as too many calls.
         */
        public static ProviderUnavailable forLonger(String reason) {
            return new ProviderUnavailable(reason, false);
        }

        /** Whether the call may be repeated after a fraction of a second. */
        boolean isRepeatable() {
            return repeatable;
        }
    }

    /**
     * A provider answered that it did not do this, for a reason that is not the order's: our key or account, another call that is
     * under way, or a fault of ours. It is no outage and means nothing to other calls; the call is made again, ever later.
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

        /** Rejected because of another call that is under way and ends in a moment. */
        public static CallRejected forNow(String reason) {
            return new CallRejected(reason, true);
        }
    }

    /** A provider's permanent refusal of a session: nothing was opened, and nothing will be. */
    public static final class SessionRefused extends ProviderException {

        @Serial
        private static final long serialVersionUID = 1L;

        /** @param reason one of the names in {@code docs/interfaces.md}, such as {@code amount-too-small} */
        public SessionRefused(String reason) {
            super(reason);
        }
    }
}
