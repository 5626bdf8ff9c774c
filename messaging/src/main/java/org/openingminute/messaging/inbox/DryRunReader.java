package org.openingminute.messaging.inbox;

/**
 * A reader whose {@link MessageReader} method works on other threads or writes before its lock, and that therefore defines how
 * to apply a message in place. Transactions that a method opens with Spring's usual propagation join the running one: most
 * readers need not say anything.
 */
public interface DryRunReader {

    /**
     * Applies one message in the transaction that runs already, on this thread and nowhere else: it is rolled back afterwards, and
     * what was written in it is shown.
     */
    void onDryRun(Message message);
}
