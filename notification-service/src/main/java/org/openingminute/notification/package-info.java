/** Notification service: turns events into mails, logs each mail, draws attendees' documents, and shows a rehearsal's mails. */
@NullMarked
package org.openingminute.notification;

import org.jspecify.annotations.NullMarked;
