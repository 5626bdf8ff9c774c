/** Conferences: their definitions and vouchers for organisers, their public API, availability, statistics and sale notices. */
@NullMarked
package org.openingminute.registration.conferences;

import org.jspecify.annotations.NullMarked;
