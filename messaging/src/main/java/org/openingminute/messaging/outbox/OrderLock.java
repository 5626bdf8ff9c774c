package org.openingminute.messaging.outbox;

/**
 * The proof that a transaction holds the lock that orders the messages of some keys. {@link OrderLocks} makes it. It is
 * valid only for the transaction that took it and, like that, confined to its thread.
 */
public final class OrderLock {

    /** An incarnation begins a minute after the one before it, in which no key gets as many. */
    private static final long SEQUENCES_A_MINUTE = 1_000;

    private final Object transaction;
    private final int incarnation;

    /** @param incarnation of the database when the lock was taken */
    OrderLock(Object transaction, int incarnation) {
        this.transaction = transaction;
        this.incarnation = incarnation;
    }

    /**
     * The lowest sequence that a key may get now, above all that an earlier incarnation of this database gave: what it gave
     * last may be missing here, and known to readers. It is what {@code sequences_begin()} is in the database.
     */
    public long sequencesBegin() {
        return (incarnation - 1) * SEQUENCES_A_MINUTE;
    }

    int incarnation() {
        return incarnation;
    }

    @SuppressWarnings("ReferenceEquality") // identity: this very transaction, not an equal one
    boolean isOf(Object otherTransaction) {
        return transaction == otherTransaction;
    }
}
