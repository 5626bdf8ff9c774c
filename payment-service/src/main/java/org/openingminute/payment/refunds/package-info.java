/** Money going back through the provider, and captures that nobody answered. */
@NullMarked
package org.openingminute.payment.refunds;

import org.jspecify.annotations.NullMarked;
