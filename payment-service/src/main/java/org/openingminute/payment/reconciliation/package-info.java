/** Holds the ledger against the state, and both against what providers say themselves. */
@NullMarked
package org.openingminute.payment.reconciliation;

import org.jspecify.annotations.NullMarked;
