@NullMarked
package org.openingminute.payment.work;

import org.jspecify.annotations.NullMarked;
