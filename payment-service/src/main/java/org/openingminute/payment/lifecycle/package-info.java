/**
 * The rules of a payment: its state, the triggers that change it, and the ledger postings and documents that follow. No input or output.
 */
@NullMarked
package org.openingminute.payment.lifecycle;

import org.jspecify.annotations.NullMarked;
