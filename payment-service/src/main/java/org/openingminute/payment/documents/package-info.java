/** Receipts and credit notes: their numbers, what stands in them, and the PDF. */
@NullMarked
package org.openingminute.payment.documents;

import org.jspecify.annotations.NullMarked;
