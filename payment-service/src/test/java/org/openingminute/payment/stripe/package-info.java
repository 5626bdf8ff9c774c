@NullMarked
package org.openingminute.payment.stripe;

import org.jspecify.annotations.NullMarked;
