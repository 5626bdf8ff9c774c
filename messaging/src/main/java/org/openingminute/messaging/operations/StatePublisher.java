package org.openingminute.messaging.operations;

/** Republishes the current state of a service to its compacted topic; the outbox does not keep those messages for ever. */
@FunctionalInterface
public interface StatePublisher {

    /**
     * Publishes the current state of every object. Runs before older messages are republished. If it throws, the operator receives the
     * exception as the answer, and nothing is republished.
     */
    void republish();
}
