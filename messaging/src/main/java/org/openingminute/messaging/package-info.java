/**
 * Messaging between services. No message is lost, messages of one key stay in order, a duplicate has no effect, and a message that cannot
 * be applied is parked. Contains no business terms. {@code outbox} publishes messages, {@code inbox} consumes them, {@code batch} commits
 * many changes in one transaction, {@code operations} shows the lag and lets operators act, and {@code audit} records the acts of staff.
 * This package has what the others share.
 */
@NullMarked
package org.openingminute.messaging;

import org.jspecify.annotations.NullMarked;
