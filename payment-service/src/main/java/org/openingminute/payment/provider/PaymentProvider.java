package org.openingminute.payment.provider;

import java.util.Optional;
import java.util.UUID;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;

/**
 * One who moves money: by cards ({@link CardProvider}), or a person who transfers it. Every call that changes something bears a
 * key of ours, and is safe to repeat with it. Calls block. Implementations are safe for use by all threads.
 *
 * <p>All calls throw {@link ProviderUnavailable} where no answer came: then it is not known whether the thing was done.
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

    /** What became of a session. */
    ProviderSession ask(String session);

    /** Ends a session if it is not over, and tells what became of it: what was captured before stays. */
    ProviderSession end(String session);

    /** Gives money back; with the same key it is the same refund. */
    RefundResult refund(RefundRequest order);

    /** What became of a refund: of that with its name, or if it has none, of that with its key. Nothing where there is none. */
    Optional<RefundResult> refunded(RefundRequest order);
}
