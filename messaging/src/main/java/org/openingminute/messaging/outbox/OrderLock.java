package org.openingminute.messaging.outbox;

/**
 * Proof that a transaction holds the lock that orders the messages of some keys. Obtained from {@link OrderLocks}. Valid only in the
 * transaction that took it, and confined to that transaction's thread.
 */
public final class OrderLock {

    /** An incarnation begins at least a minute after the one before, and no key receives this many sequences in a minute. */
    private static final long SEQUENCES_A_MINUTE = 1_000;

    private final Object transaction;
    private final int incarnation;

    /** @param incarnation the incarnation of the database when the lock was taken */
    OrderLock(Object transaction, int incarnation) {
        this.transaction = transaction;
        this.incarnation = incarnation;
    }

    /**
     * The lowest sequence that a key may receive now. It is above every sequence of earlier incarnations, because the last of those may be
     * missing here although readers have seen them. Equals {@code sequences_begin()} in the database.
     */
    public long sequencesBegin() {
        return (incarnation - 1) * SEQUENCES_A_MINUTE;
    }

    int incarnation() {
        return incarnation;
    }

    @SuppressWarnings("ReferenceEquality") // compares identity: this transaction, not an equal one
    boolean isOf(Object otherTransaction) {
        return transaction == otherTransaction;
    }
}
