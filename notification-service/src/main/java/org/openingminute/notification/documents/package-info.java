/** Documents of an attendee: the ticket, a calendar entry, an invitation letter. Drawn on request. */
@NullMarked
package org.openingminute.notification.documents;

import org.jspecify.annotations.NullMarked;
