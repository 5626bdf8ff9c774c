/** Loops that finish what requests, crashes and outages left open. */
@NullMarked
package org.openingminute.payment.work;

import org.jspecify.annotations.NullMarked;
