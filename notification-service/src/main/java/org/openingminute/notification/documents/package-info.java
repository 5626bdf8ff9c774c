/** Documents of attendees, drawn on request: ticket, calendar entry, invitation letter and badge. */
@NullMarked
package org.openingminute.notification.documents;

import org.jspecify.annotations.NullMarked;
