/** Storage of payments: a batch locks payments, applies the rules, and saves and publishes the results in one commit. */
@NullMarked
package org.openingminute.payment.store;

import org.jspecify.annotations.NullMarked;
