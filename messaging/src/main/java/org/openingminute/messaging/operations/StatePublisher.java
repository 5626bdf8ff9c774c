package org.openingminute.messaging.operations;

/** Publishes a service's compacted topic, whose messages no outbox keeps for ever. */
@FunctionalInterface
public interface StatePublisher {

    /**
     * Publishes the newest state of everything, before older messages come again. An exception of it is the answer to
     * the operator, and nothing is published again.
     */
    void republish();
}
