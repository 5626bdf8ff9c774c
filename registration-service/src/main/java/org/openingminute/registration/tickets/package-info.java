/** Tickets as signed texts that a gate checks without a network, and the public keys to check them with. */
@NullMarked
package org.openingminute.registration.tickets;

import org.jspecify.annotations.NullMarked;
