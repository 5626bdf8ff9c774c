/** Reading: a container for each reader, what was seen, and what could not be applied. */
@NullMarked
package org.openingminute.messaging.inbox;

import org.jspecify.annotations.NullMarked;
