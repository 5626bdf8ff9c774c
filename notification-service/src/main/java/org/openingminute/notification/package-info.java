/** Turns events into mails, keeps a record of each, and shows a rehearsal's mails. */
@NullMarked
package org.openingminute.notification;

import org.jspecify.annotations.NullMarked;
