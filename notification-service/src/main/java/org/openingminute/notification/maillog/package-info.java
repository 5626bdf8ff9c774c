/** Mails as organisers and registrants see them, and sending one again. */
@NullMarked
package org.openingminute.notification.maillog;

import org.jspecify.annotations.NullMarked;
