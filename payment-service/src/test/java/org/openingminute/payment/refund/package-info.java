@NullMarked
package org.openingminute.payment.refund;

import org.jspecify.annotations.NullMarked;
