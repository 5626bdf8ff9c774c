/** The dialogue with the mail server, the interpretation of its replies, and the limits of connections and rate. */
@NullMarked
package org.openingminute.notification.smtp;

import org.jspecify.annotations.NullMarked;
