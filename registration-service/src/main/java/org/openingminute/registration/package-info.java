/** Registration service: owns seats and registrations, and coordinates each registration's saga with payment and notification. */
@NullMarked
package org.openingminute.registration;

import org.jspecify.annotations.NullMarked;
