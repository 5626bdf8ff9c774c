package org.openingminute.messaging.outbox;

/**
 * The proof that a transaction holds the lock that puts the messages of some keys in order. Made by {@link OrderLocks}, good
 * for the transaction that took it and no other; not safe for use by two threads, as a transaction is not either.
 */
public final class OrderLock {

    private final Object transaction;

    OrderLock(Object transaction) {
        this.transaction = transaction;
    }

    @SuppressWarnings("ReferenceEquality") // this very transaction, not one like it
    boolean isOf(Object otherTransaction) {
        return transaction == otherTransaction;
    }
}
