/** Documents of an attendee, drawn on request: the ticket, a calendar entry and an invitation letter. */
@NullMarked
package org.openingminute.notification.documents;

import org.jspecify.annotations.NullMarked;
