/** Refunds through the provider, and reminders of unanswered captures. */
@NullMarked
package org.openingminute.payment.refunds;

import org.jspecify.annotations.NullMarked;
