/** Organisers' own subjects and texts for a conference's mails. */
@NullMarked
package org.openingminute.notification.wording;

import org.jspecify.annotations.NullMarked;
