/** Compares the outbox's relay with Kafka's own tools and with relays that mark rows. */
@NullMarked
package org.openingminute.benchmarks.relay;

import org.jspecify.annotations.NullMarked;
