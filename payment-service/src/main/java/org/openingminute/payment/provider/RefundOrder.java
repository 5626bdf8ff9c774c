package org.openingminute.payment.provider;

import java.util.UUID;
import org.openingminute.payment.money.Money;

/**
 * Money that is to go back.
 *
 * @param key of the refund
 * @param payment the provider's name for the capture
 */
public record RefundOrder(UUID key, String payment, Money amount) {}
