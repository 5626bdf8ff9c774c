/** What is said with the mail server, and how its answers are read. */
@NullMarked
package org.openingminute.notification.smtp;

import org.jspecify.annotations.NullMarked;
