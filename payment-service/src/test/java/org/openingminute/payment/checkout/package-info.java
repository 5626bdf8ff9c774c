@NullMarked
package org.openingminute.payment.checkout;

import org.jspecify.annotations.NullMarked;
