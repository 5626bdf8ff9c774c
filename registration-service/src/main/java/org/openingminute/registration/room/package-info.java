/**
 * This service's part of a sale's waiting room: its settings, the check of admission tokens, the limit on voucher guesses, and the figures
 * that the gateways poll.
 */
@NullMarked
package org.openingminute.registration.room;

import org.jspecify.annotations.NullMarked;
