/** What operators are shown. */
@NullMarked
package org.openingminute.payment.ops;

import org.jspecify.annotations.NullMarked;
