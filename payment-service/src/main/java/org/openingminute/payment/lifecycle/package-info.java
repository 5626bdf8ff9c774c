/** Amounts, and the ledger that every act upon money writes. */
@NullMarked
package org.openingminute.payment.lifecycle;

import org.jspecify.annotations.NullMarked;
