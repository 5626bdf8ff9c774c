package org.openingminute.messaging.outbox;

/**
 * A position in the outbox.
 *
 * @param incarnation of the database in which it was written
 * @param transaction the writer's 64-bit transaction id, unsigned
 * @param position grows with every row
 */
record LogPosition(int incarnation, long transaction, long position) implements Comparable<LogPosition> {

    static final LogPosition BEGINNING = new LogPosition(0, 0, 0);

    @Override
    public int compareTo(LogPosition other) {
        if (incarnation != other.incarnation) {
            return Integer.compare(incarnation, other.incarnation);
        }
        return transaction == other.transaction
                ? Long.compare(position, other.position)
                : Long.compareUnsigned(transaction, other.transaction);
    }
}
