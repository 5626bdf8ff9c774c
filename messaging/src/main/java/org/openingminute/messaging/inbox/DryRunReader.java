package org.openingminute.messaging.inbox;

/**
 * A reader whose {@link MessageReader} method works on other threads or writes before its lock, and which therefore defines
 * how to apply a message in place. Most readers do not need this, because transactions that a method opens with Spring's usual
 * propagation join the running one.
 */
public interface DryRunReader {

    /**
     * Applies one message in the running transaction, on this thread only. The transaction is rolled back afterwards, and its
     * writes are shown.
     */
    void onDryRun(Message message);
}
