package org.openingminute.messaging.inbox;

/**
 * Lets a {@link MessageReader} define how a message is applied during a dry run. Only readers that work on other threads, or write before
 * they take their lock, need this; transactions with Spring's usual propagation join the dry run's transaction.
 */
public interface DryRunReader {

    /**
     * Applies one message in the current transaction, on this thread only. The transaction is rolled back afterwards, and its writes are
     * shown to the operator.
     */
    void onDryRun(Message message);
}
