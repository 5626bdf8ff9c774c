/** Webhooks of providers: verified, stored, acknowledged, and applied afterwards. Polling finds what lost webhooks would have reported. */
@NullMarked
package org.openingminute.payment.webhooks;

import org.jspecify.annotations.NullMarked;
