@NullMarked
package org.openingminute.payment.money;

import org.jspecify.annotations.NullMarked;
