/** Tests of the service as a whole. The tests play its neighbours. */
@NullMarked
package org.openingminute.payment;

import org.jspecify.annotations.NullMarked;
