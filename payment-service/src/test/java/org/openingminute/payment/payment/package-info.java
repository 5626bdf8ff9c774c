@NullMarked
package org.openingminute.payment.payment;

import org.jspecify.annotations.NullMarked;
