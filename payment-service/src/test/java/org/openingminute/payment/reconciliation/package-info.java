@NullMarked
package org.openingminute.payment.reconciliation;

import org.jspecify.annotations.NullMarked;
