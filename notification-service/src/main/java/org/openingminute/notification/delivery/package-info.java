/** The delivery of mails: from the row of a due mail to the mail server's acceptance, and the events that report the outcome. */
@NullMarked
package org.openingminute.notification.delivery;

import org.jspecify.annotations.NullMarked;
