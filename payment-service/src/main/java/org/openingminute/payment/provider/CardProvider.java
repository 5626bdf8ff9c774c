package org.openingminute.payment.provider;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.provider.ProviderException.MessageRefused;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;

/**
 * One who takes cards: a payer pays at its page, and it tells by itself what happens. All calls but {@link #receive} throw {@link
 * ProviderUnavailable} where no answer came.
 */
public interface CardProvider extends PaymentProvider {

    /**
     * What happened at this instant or later to money that was captured before: disputes that began or ended, refunds that
     * failed after all.
     */
    ProviderEvents.Page sinceCapture(Instant since);

    /**
     * The registrations for which something was paid at this instant or later. Where there is more than a few calls can list, the
     * earliest may be left out.
     */
    Set<UUID> paidSince(Instant since);

    /**
     * Its own list of what it captured for us, in an order that does not change.
     *
     * @param since what was captured earlier may be left out
     * @param after where the page before ended; {@code null} for the first
     */
    ProviderPayments payments(Instant since, @Nullable String after);

    /** The header in which this provider signs what it tells by itself. */
    String signatureHeader();

    /**
     * Verifies what the provider tells, byte for byte.
     *
     * @return the provider's id of this telling
     * @throws MessageRefused if the signature is not the provider's, or too old, or the body cannot be read
     */
    String receive(@Nullable String signature, byte[] body);

    /**
     * What a message that was received tells; {@code null} where it is nothing that concerns us.
     *
     * @param whose asked where the message does not say whom its payment concerns, as {@link #registrationOf}
     */
    @Nullable
    ProviderEvents read(byte[] body, Function<String, Optional<UUID>> whose);

    /** The same, and the provider itself is asked where that is needed. */
    default @Nullable ProviderEvents read(byte[] body) {
        return read(body, this::registrationOf);
    }

    /** Whom a payment concerns, by the provider's name for it; nothing where it is none of ours. */
    Optional<UUID> registrationOf(String payment);
}
