/** The registrants' HTTP API, the listeners for events of payments and mails, the end of holds, timelines and status streams. */
@NullMarked
package org.openingminute.registration.registrations;

import org.jspecify.annotations.NullMarked;
