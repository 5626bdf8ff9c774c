@NullMarked
package org.openingminute.payment.access;

import org.jspecify.annotations.NullMarked;
