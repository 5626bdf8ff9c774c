/** The door: who is in, which tickets have ended, and how many are expected. */
@NullMarked
package org.openingminute.registration.checkin;

import org.jspecify.annotations.NullMarked;
