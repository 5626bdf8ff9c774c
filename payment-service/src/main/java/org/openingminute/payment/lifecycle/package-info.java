/** Amounts, and the ledger that every movement of money writes. */
@NullMarked
package org.openingminute.payment.lifecycle;

import org.jspecify.annotations.NullMarked;
