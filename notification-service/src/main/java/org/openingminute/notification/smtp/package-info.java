/** The dialogue with the mail server, and how its replies are read. */
@NullMarked
package org.openingminute.notification.smtp;

import org.jspecify.annotations.NullMarked;
