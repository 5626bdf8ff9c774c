/** The log of mails for organisers and registrants, and resending mails. */
@NullMarked
package org.openingminute.notification.maillog;

import org.jspecify.annotations.NullMarked;
