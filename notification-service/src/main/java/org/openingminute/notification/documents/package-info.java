/** What an attendee takes along: the ticket, an entry for the calendar, a letter for the visa office. Drawn when asked for. */
@NullMarked
package org.openingminute.notification.documents;

import org.jspecify.annotations.NullMarked;
