package org.openingminute.messaging.operations;

/**
 * What a service adds where a topic of its own is compacted, and so kept in no outbox for ever. Implementations are safe for use by
 * several threads.
 */
@FunctionalInterface
public interface StatePublisher {

    /**
     * Publishes the newest state of everything, before older messages come again. What it throws is the answer to the operator, and
     * nothing is published again.
     */
    void republish();
}
