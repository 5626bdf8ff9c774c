/** The benchmark of the outbox's relay, beside Kafka's own tools and the relays that mark rows. */
@NullMarked
package org.openingminute.benchmarks.relay;

import org.jspecify.annotations.NullMarked;
