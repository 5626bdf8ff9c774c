package org.openingminute.messaging.outbox;

/**
 * The proof that a transaction holds the lock that orders the messages of some keys. {@link OrderLocks} makes it. It is
 * valid only for the transaction that took it and, like that, confined to its thread.
 */
public final class OrderLock {

    private final Object transaction;

    OrderLock(Object transaction) {
        this.transaction = transaction;
    }

    @SuppressWarnings("ReferenceEquality") // identity: this very transaction, not an equal one
    boolean isOf(Object otherTransaction) {
        return transaction == otherTransaction;
    }
}
