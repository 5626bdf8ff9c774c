package org.openingminute.payment.provider;

import java.util.Optional;
import java.util.UUID;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;

/**
 * A provider that moves money: by cards ({@link CardProvider}), or a person who transfers it. Every call that changes something
 * has a key of ours, and is safe to repeat with it. Calls block.
 *
 * <p>All calls throw {@link ProviderUnavailable} if no answer came; the outcome is then not known.
 */
public interface PaymentProvider {

    String name();

    /**
     * Opens a session in which a payer can pay once; the same key gives the same session.
     *
     * @throws SessionRefused if the provider refuses the session
     * @throws KeySpent if no session can be opened with this key any more
     */
    ProviderSession open(SessionOrder order);

    /** The session that was opened with this key, if there is one. */
    Optional<ProviderSession> opened(UUID key);

    /** The present state of a session. */
    ProviderSession fetch(String session);

    /** Ends a session if it has not ended, and returns its state; money captured before is kept. */
    ProviderSession end(String session);

    /** Makes a refund; the same key gives the same refund. */
    RefundResult refund(RefundRequest order);

    /** The state of a refund, found by its name or, without one, by its key; empty if there is none. */
    Optional<RefundResult> refunded(RefundRequest order);
}
