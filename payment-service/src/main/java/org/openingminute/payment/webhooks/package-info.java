/** What a provider tells by itself: verified, stored and answered first, applied after, and asked for where it was lost. */
@NullMarked
package org.openingminute.payment.webhooks;

import org.jspecify.annotations.NullMarked;
