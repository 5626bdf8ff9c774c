/** The payer's side: opening a session at the provider, and seeing to its end. */
@NullMarked
package org.openingminute.payment.checkout;

import org.jspecify.annotations.NullMarked;
