/** The log of mails for organisers and registrants, and resends. */
@NullMarked
package org.openingminute.notification.maillog;

import org.jspecify.annotations.NullMarked;
