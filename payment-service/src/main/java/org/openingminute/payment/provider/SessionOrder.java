package org.openingminute.payment.provider;

import java.time.Instant;
import java.util.UUID;
import org.openingminute.payment.money.Money;
import org.openingminute.payment.payment.PaymentRequest;

/**
 * A session that is wanted.
 *
 * @param key of the attempt
 * @param request what it is for; the amount is the attempt's own
 * @param askedAt when the attempt was saved; like all the rest the same whenever the order is repeated
 */
public record SessionOrder(UUID key, Money amount, PaymentRequest request, Instant askedAt) {}
