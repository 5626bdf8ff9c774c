package org.openingminute.kit.runtime;

import java.util.function.IntUnaryOperator;

/**
 * Splits maintenance of many rows into short transactions. A single transaction over all rows would exceed the server's transaction
 * time-out once there are too many, and would then fail every time.
 */
public final class BatchedMaintenance {

    /** The most rows that one step handles. */
    public static final int ROWS = 1_000;

    private BatchedMaintenance() {}

    /**
     * Repeats a step until it handles fewer rows than it may, or until this thread is interrupted.
     *
     * @param step handles at most the given number of rows in a transaction of its own, and returns how many it handled
     * @return the number of rows that all steps handled
     */
    public static int repeat(IntUnaryOperator step) {
        int all = 0;
        int last = ROWS;
        while (last == ROWS && !Thread.currentThread().isInterrupted()) {
            last = step.applyAsInt(ROWS);
            all += last;
        }
        return all;
    }
}
