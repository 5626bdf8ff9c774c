/** What a provider tells by itself: verified, stored and answered first, applied after. */
@NullMarked
package org.openingminute.payment.webhook;

import org.jspecify.annotations.NullMarked;
