package org.openingminute.payment.provider;

import java.util.Optional;
import java.util.UUID;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;

/**
 * A provider that moves money: by cards ({@link CardProvider}), or a person who transfers it. Every call that changes something
 * bears a key of ours, and is safe to repeat with it. Calls block.
 *
 * <p>All calls throw {@link ProviderUnavailable} where no answer came: then the outcome is not known.
 */
public interface PaymentProvider {

    String name();

    /**
     * Opens a session in which a payer can pay once; with the same key it is the same session.
     *
     * @throws SessionRefused if the provider does not take what is ordered
     * @throws KeySpent if nothing can be opened with this key any more
     */
    ProviderSession open(SessionOrder order);

    /** The session that was opened with this key, if any was. */
    Optional<ProviderSession> opened(UUID key);

    /** The present state of a session. */
    ProviderSession fetch(String session);

    /** Ends a session if it is not over, and returns its state: money captured before stays. */
    ProviderSession end(String session);

    /** Gives money back; with the same key it is the same refund. */
    RefundResult refund(RefundRequest order);

    /** The state of a refund, found by its name or, without one, by its key; empty where there is none. */
    Optional<RefundResult> refunded(RefundRequest order);
}
