/** The operators' part of this service. */
@NullMarked
package org.openingminute.payment.ops;

import org.jspecify.annotations.NullMarked;
