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
 * A provider of card payments: the payer pays on its page, and it sends webhooks. All calls except {@link #receive} throw {@link
 * ProviderUnavailable} if no response arrived.
 */
public interface CardProvider extends PaymentProvider {

    /**
     * Returns events since an instant about money that was captured earlier: disputes that began or ended, and refunds that finally failed.
     */
    ProviderEvents.EventPage sinceCapture(Instant since);

    /**
     * Returns the registrations with a payment at this instant or later. If a few calls cannot list all of them, the earliest may be
     * missing.
     */
    Set<UUID> paidSince(Instant since);

    /**
     * Returns the provider's own list of our captures, in a stable order.
     *
     * @param since earlier captures may be missing
     * @param after the end of the previous page; {@code null} for the first page
     */
    ProviderPayments payments(Instant since, @Nullable String after);

    /** Returns the name of the header with the provider's signature of a webhook. */
    String signatureHeader();

    /**
     * Verifies a webhook, byte for byte.
     *
     * @return the provider's id of this webhook
     * @throws MessageRefused if the signature is not the provider's, or too old, or the body cannot be read
     */
    String receive(@Nullable String signature, byte[] body);

    /**
     * Parses the events in a received webhook; {@code null} if none concerns us.
     *
     * @param whose finds the registration if the webhook does not name it, like {@link #registrationOf}
     */
    @Nullable
    ProviderEvents read(byte[] body, Function<String, Optional<UUID>> whose);

    /** Returns the registration of a payment by the provider's name for the payment; empty for a payment that is not ours. */
    Optional<UUID> registrationOf(String payment);
}
