package org.openingminute.messaging.batch;

import java.util.List;
import org.openingminute.messaging.outbox.OrderLock;

/**
 * The work of a batch, in one transaction that holds the locks of all keys of its entries: read, decide the entries one after the other,
 * write. If the reply to a commit is lost, the same entries run again, so the implementation must recognise each committed entry by what it
 * wrote; ids are therefore created before an entry is queued.
 *
 * @param <E> the type of the entries
 * @param <S> the state of a batch: what was read, and what is to be written
 * @param <R> the type of the result for one entry
 */
public interface BatchWork<E extends BatchEntry, S, R> {

    /**
     * Reads everything that the entries need.
     *
     * @param lock the lock of all keys of the entries
     */
    S read(OrderLock lock, List<E> entries);

    /**
     * Decides one entry, based on the state after the entries before it, and records in the state what is to be written. If the method
     * throws, only this entry fails; what it recorded before is written.
     */
    R decide(S state, E entry);

    /** Writes each table once and appends to the outbox once, under the lock that {@link #read} received. */
    void write(S state);

    /** Called after the commit, before any caller is answered. */
    default void committed(S state) {}
}
