/** The mailbox of a rehearsal: shows the mails that arrived at its mail trap. */
@NullMarked
package org.openingminute.notification.mailbox;

import org.jspecify.annotations.NullMarked;
