package org.openingminute.messaging.outbox;

/**
 * The proof that a transaction holds the lock that puts the messages of some keys in order. Made by {@link OrderLocks}, good
 * for the transaction that took it and no other, and like that confined to its thread.
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
