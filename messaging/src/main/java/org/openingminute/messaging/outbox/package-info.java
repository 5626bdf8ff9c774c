/** Saying what was saved: appended in the transaction that saves it, relayed to Kafka in the order of the commits. */
@NullMarked
package org.openingminute.messaging.outbox;

import org.jspecify.annotations.NullMarked;
