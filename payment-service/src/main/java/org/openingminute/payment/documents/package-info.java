/** Receipts, credit notes and invoices: their numbers, their content and the PDF. */
@NullMarked
package org.openingminute.payment.documents;

import org.jspecify.annotations.NullMarked;
