/** The rules of a sale: prices, limits, vouchers, refunds, and what a definition or a request may say. No input or output. */
@NullMarked
package org.openingminute.registration.sale;

import org.jspecify.annotations.NullMarked;
