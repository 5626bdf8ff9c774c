/** Money going back through the provider, and captures that nobody answered. */
@NullMarked
package org.openingminute.payment.refund;

import org.jspecify.annotations.NullMarked;
