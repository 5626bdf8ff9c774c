/**
 * The waiting room in front of a sale, as far as it is this service's: its settings, who may pass and try vouchers, and what the
 * gateways ask.
 */
@NullMarked
package org.openingminute.registration.room;

import org.jspecify.annotations.NullMarked;
