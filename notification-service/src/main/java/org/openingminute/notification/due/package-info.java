/** Decides which mails are due, always from the whole state and never from the type of an event, and inserts their rows. */
@NullMarked
package org.openingminute.notification.due;

import org.jspecify.annotations.NullMarked;
