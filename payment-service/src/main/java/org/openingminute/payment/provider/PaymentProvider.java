package org.openingminute.payment.provider;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One who moves money. Every call that changes something bears a key of ours, and is safe to repeat with it. Calls block.
 * Implementations are safe for use by all threads.
 *
 * <p>All calls but {@link #receive} and {@link #read} throw {@link ProviderUnavailable} where no answer came: then it is not
 * known whether the thing was done.
 */
public interface PaymentProvider {

    String name();

    /** Opens a session in which a payer can pay once; with the same key it is the same session. */
    ProviderSession open(SessionOrder order);

    /** The session that was opened with this key, if any was. */
    Optional<ProviderSession> opened(UUID key);

    /** What became of a session. */
    ProviderSession ask(String session);

    /** Ends a session if it is not over, and tells what became of it: what was captured before stays. */
    ProviderSession end(String session);

    /** Gives money back; with the same key it is the same refund. */
    RefundAnswer refund(RefundOrder order);

    /** The refund that was made with this key, if any was. */
    Optional<RefundAnswer> refunded(UUID key);

    /**
     * Sessions with a dispute that began or ended at this instant or later, each with all that came of it; those whose dispute
     * changed first come first, and where there are many it is only some.
     */
    List<ProviderSession> disputed(Instant since);

    /** The header in which this provider signs what it tells by itself. */
    String signatureHeader();

    /**
     * Verifies what the provider tells, byte for byte.
     *
     * @return the provider's id of this telling
     * @throws MessageRefused if the signature is not the provider's, or too old, or the body cannot be read
     */
    String receive(@Nullable String signature, byte[] body);

    /** What a message that was received tells; {@code null} where it is nothing that concerns us. */
    @Nullable
    ProviderSession read(byte[] body);
}
