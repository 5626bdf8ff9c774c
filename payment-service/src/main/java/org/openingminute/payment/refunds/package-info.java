/** Refunds through providers or by an organiser's transfer, and reminders of captures that wait for a decision. */
@NullMarked
package org.openingminute.payment.refunds;

import org.jspecify.annotations.NullMarked;
