/** Compares the ledger with the state, and both with the providers' own lists. */
@NullMarked
package org.openingminute.payment.reconciliation;

import org.jspecify.annotations.NullMarked;
