/** The Stripe provider, built on Stripe's own Java library. */
@NullMarked
package org.openingminute.payment.stripe;

import org.jspecify.annotations.NullMarked;
