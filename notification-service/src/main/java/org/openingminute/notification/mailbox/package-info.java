/** The mails of a rehearsal, as they arrived at its mail trap. */
@NullMarked
package org.openingminute.notification.mailbox;

import org.jspecify.annotations.NullMarked;
