/** The service as a whole, its neighbours played by the tests. */
@NullMarked
package org.openingminute.payment;

import org.jspecify.annotations.NullMarked;
