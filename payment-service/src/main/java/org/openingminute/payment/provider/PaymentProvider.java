package org.openingminute.payment.provider;

import java.util.Optional;
import java.util.UUID;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;

/**
 * A provider that moves money: by card ({@link CardProvider}), or by a person who transfers it. Every call that changes something has a key
 * of ours and can be repeated with it safely. Calls block.
 *
 * <p>All calls throw {@link ProviderUnavailable} if no response arrived; the outcome is then unknown.
 */
public interface PaymentProvider {

    String name();

    /**
     * Opens a session in which the payer can pay once. The same key returns the same session.
     *
     * @throws SessionRefused if the provider refuses the session
     * @throws KeySpent if no session can be opened with this key any more
     */
    ProviderSession open(SessionOrder order);

    /** Returns the session that was opened with this key, if there is one. */
    Optional<ProviderSession> opened(UUID key);

    /** Returns the current state of a session. */
    ProviderSession fetch(String session);

    /** Ends a session unless it has ended, and returns its state. Money that was captured before stays captured. */
    ProviderSession end(String session);

    /** Makes a refund. The same key returns the same refund. */
    RefundResult refund(RefundRequest order);

    /** Returns the state of a refund, found by its name or, without a name, by its key; empty if there is none. */
    Optional<RefundResult> refunded(RefundRequest order);
}
