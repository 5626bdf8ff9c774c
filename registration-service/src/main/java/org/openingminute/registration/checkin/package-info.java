/** Check-in at the venue: admits attendees by ticket or by name, lists ended tickets for gates that are offline, and counts arrivals. */
@NullMarked
package org.openingminute.registration.checkin;

import org.jspecify.annotations.NullMarked;
