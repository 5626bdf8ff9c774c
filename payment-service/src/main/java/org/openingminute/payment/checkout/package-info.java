/** The payer's side: opens sessions at the provider and follows them to their end. */
@NullMarked
package org.openingminute.payment.checkout;

import org.jspecify.annotations.NullMarked;
