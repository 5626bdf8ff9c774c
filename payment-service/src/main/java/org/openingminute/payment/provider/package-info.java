/** The interface to the providers that move money, its guard against their failures, and the client of the rehearsal's sandbox. */
@NullMarked
package org.openingminute.payment.provider;

import org.jspecify.annotations.NullMarked;
