package org.openingminute.messaging.operations;

/** Republishes a service's compacted topic, whose messages the outbox does not keep for ever. */
@FunctionalInterface
public interface StatePublisher {

    /**
     * Publishes the newest state of everything, before older messages are republished. If it throws, the operator gets
     * the exception as the answer, and nothing is republished.
     */
    void republish();
}
