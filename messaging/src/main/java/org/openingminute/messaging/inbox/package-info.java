/** The inbox: listener containers for readers, the record of applied messages, and parked messages. */
@NullMarked
package org.openingminute.messaging.inbox;

import org.jspecify.annotations.NullMarked;
