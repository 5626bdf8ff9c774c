package org.openingminute.messaging.batch;

import java.util.List;
import org.openingminute.messaging.outbox.OrderLock;

/**
 * A batch's work, in one transaction that holds the locks of all keys of its entries: read, decide one after the other, write. The
 * transaction may be run again after its commit, when the reply was lost, so each entry must be recognised by what it wrote;
 * ids are made before it is queued.
 *
 * @param <E> the entries
 * @param <S> the state of the batch: what was read, and what is to be written
 * @param <R> the result for one entry
 */
public interface BatchWork<E extends BatchEntry, S, R> {

    /**
     * Reads all that the entries need.
     *
     * @param lock of all keys of the entries
     */
    S read(OrderLock lock, List<E> entries);

    /**
     * Decides one entry by the state after those before it, and notes in the state what is to be written. An entry whose rule
     * throws fails alone; what it had noted in the state before is written.
     */
    R decide(S state, E entry);

    /** Writes each table once, and appends once, with the lock that {@link #read} got. */
    void write(S state);

    /** The batch has committed, and no caller has been answered yet. */
    default void committed(S state) {}
}
