package org.openingminute.kit.runtime;

import java.util.function.IntUnaryOperator;

/**
 * Upkeep in steps, each of which takes a moment however much there is to do: as one transaction it would fail once it takes longer
 * than the server allows, and from then on always.
 */
public final class Steps {

    /** The most rows that a step looks for. */
    public static final int ROWS = 1_000;

    private Steps() {}

    /**
     * Repeats a step until it finds less than it may take, or until this thread is interrupted.
     *
     * @param step does as many as it is told at most, in a transaction of its own; returns how many
     * @return how many all steps have done
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
