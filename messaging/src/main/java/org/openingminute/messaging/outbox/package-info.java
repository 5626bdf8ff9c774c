/**
 * The transactional outbox: messages are appended in the transaction that saves their cause, and relayed to Kafka in the order of commits.
 */
@NullMarked
package org.openingminute.messaging.outbox;

import org.jspecify.annotations.NullMarked;
