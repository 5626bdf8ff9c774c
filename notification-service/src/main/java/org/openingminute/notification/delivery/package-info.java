/** From the row of an owed mail to the mail server's yes, and what is told of it. */
@NullMarked
package org.openingminute.notification.delivery;

import org.jspecify.annotations.NullMarked;
