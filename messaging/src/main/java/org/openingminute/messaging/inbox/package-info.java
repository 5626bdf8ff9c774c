/** Reading: a consumer for each listener, what was seen, and what could not be applied. */
@NullMarked
package org.openingminute.messaging.inbox;

import org.jspecify.annotations.NullMarked;
