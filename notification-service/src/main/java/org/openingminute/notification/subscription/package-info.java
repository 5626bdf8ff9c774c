/** Who wants to be told what of a conference: asking, confirming by mail, and leaving with one click. */
@NullMarked
package org.openingminute.notification.subscription;

import org.jspecify.annotations.NullMarked;
