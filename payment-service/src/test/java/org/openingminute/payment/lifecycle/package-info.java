@NullMarked
package org.openingminute.payment.lifecycle;

import org.jspecify.annotations.NullMarked;
