/** The payer's side: opens sessions at the provider, draws invoices, and follows sessions to their end. */
@NullMarked
package org.openingminute.payment.checkout;

import org.jspecify.annotations.NullMarked;
