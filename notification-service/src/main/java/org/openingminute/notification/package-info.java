/** Turns events into mails, keeps every one of them, and shows a rehearsal's mails. */
@NullMarked
package org.openingminute.notification;

import org.jspecify.annotations.NullMarked;
