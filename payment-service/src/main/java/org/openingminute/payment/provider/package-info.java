/** The providers that move the money, as this service sees them. */
@NullMarked
package org.openingminute.payment.provider;

import org.jspecify.annotations.NullMarked;
