/** Money that comes and goes by bank transfer, which people see and make. */
@NullMarked
package org.openingminute.payment.invoice;

import org.jspecify.annotations.NullMarked;
