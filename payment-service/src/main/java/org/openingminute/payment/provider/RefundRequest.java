package org.openingminute.payment.provider;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;

/**
 * Money that is to go back.
 *
 * @param key of the refund
 * @param payment the provider's name for the capture
 * @param name the provider's for the refund; {@code null} while it is not known to have accepted it
 */
public record RefundRequest(
        UUID key, String payment, Money amount, @Nullable String name) {}
