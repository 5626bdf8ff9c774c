/** A payment, and how each act changes it: rules only, without I/O. */
@NullMarked
package org.openingminute.payment.payment;

import org.jspecify.annotations.NullMarked;
