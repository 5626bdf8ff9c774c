/** The storage of payments: locked, changed by the rules, saved and published in one commit. */
@NullMarked
package org.openingminute.payment.store;

import org.jspecify.annotations.NullMarked;
