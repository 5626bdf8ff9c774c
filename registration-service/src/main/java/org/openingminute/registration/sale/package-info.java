/**
 * The rules of a sale: prices, limits, vouchers, refunds, and the checks of a definition or a request. No input or
 * output.
 */
@NullMarked
package org.openingminute.registration.sale;

import org.jspecify.annotations.NullMarked;
