package org.openingminute.payment.provider;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;

/**
 * A request for a refund.
 *
 * @param key the refund's key
 * @param payment the provider's name for the capture
 * @param name the provider's name for the refund; {@code null} while the provider is not known to have accepted it
 */
public record RefundRequest(
        UUID key, String payment, Money amount, @Nullable String name) {}
