/** The inbox: a container for each reader, the applied messages, and the parked ones. */
@NullMarked
package org.openingminute.messaging.inbox;

import org.jspecify.annotations.NullMarked;
