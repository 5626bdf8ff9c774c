/** Webhooks of providers: verified, stored and answered first, applied after; lost ones are found by polling. */
@NullMarked
package org.openingminute.payment.webhooks;

import org.jspecify.annotations.NullMarked;
