@NullMarked
package org.openingminute.payment.receipt;

import org.jspecify.annotations.NullMarked;
