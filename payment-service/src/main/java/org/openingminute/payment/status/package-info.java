/** What operators are shown. */
@NullMarked
package org.openingminute.payment.status;

import org.jspecify.annotations.NullMarked;
