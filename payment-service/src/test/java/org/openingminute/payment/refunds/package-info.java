@NullMarked
package org.openingminute.payment.refunds;

import org.jspecify.annotations.NullMarked;
