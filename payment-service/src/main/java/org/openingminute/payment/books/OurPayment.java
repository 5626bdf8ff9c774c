package org.openingminute.payment.books;

import java.util.UUID;
import org.openingminute.payment.money.Money;

/**
 * One payment of a provider, as we have it.
 *
 * @param payment the provider's name for it
 * @param refunded of refunds that are done
 * @param moving whether a refund is on its way, and the provider may know more of it than we do
 * @param disputed of disputes that were not won
 */
record OurPayment(String payment, UUID registration, Money captured, Money refunded, boolean moving, Money disputed) {}
