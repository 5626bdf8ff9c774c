/** Decides which mails are due, from the whole state, never from the type of an event. */
@NullMarked
package org.openingminute.notification.due;

import org.jspecify.annotations.NullMarked;
