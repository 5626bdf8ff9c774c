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
 * A provider of card payments: a payer pays on its page, and it sends webhooks. All calls except {@link #receive} throw
 * {@link ProviderUnavailable} if no answer came.
 */
public interface CardProvider extends PaymentProvider {

    /**
     * Events since an instant about money that was captured earlier: disputes that began or ended, and refunds that
     * failed in the end.
     */
    ProviderEvents.EventPage sinceCapture(Instant since);

    /**
     * The registrations with a payment at this instant or later. If a few calls cannot list all of them, the earliest may be left
     * out.
     */
    Set<UUID> paidSince(Instant since);

    /**
     * The provider's own list of our captures, in an order that does not change.
     *
     * @param since earlier captures may be left out
     * @param after where the previous page ended; {@code null} for the first
     */
    ProviderPayments payments(Instant since, @Nullable String after);

    /** The header with this provider's signature of a webhook. */
    String signatureHeader();

    /**
     * Verifies a webhook, byte for byte.
     *
     * @return the provider's id of this webhook
     * @throws MessageRefused if the signature is not the provider's, or too old, or the body cannot be read
     */
    String receive(@Nullable String signature, byte[] body);

    /**
     * The events in a received webhook; {@code null} if none concerns us.
     *
     * @param whose finds the registration if the webhook does not name it, like {@link #registrationOf}
     */
    @Nullable
    ProviderEvents read(byte[] body, Function<String, Optional<UUID>> whose);

    /** The registration of a payment, by the provider's name for it; empty for a foreign payment. */
    Optional<UUID> registrationOf(String payment);
}
