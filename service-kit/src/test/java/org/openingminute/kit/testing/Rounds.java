package org.openingminute.kit.testing;

import java.time.Duration;
import java.util.function.Supplier;

/** Rounds of a test whose outcome means nothing if the machine stood still for too long meanwhile. */
public final class Rounds {

    private static final int MOST = 5;

    private Rounds() {}

    /**
     * Returns the outcome of the first round that takes less than a limit, or of the fifth round.
     *
     * @param limit how long the code under test waits before it gives up; a longer round shows nothing
     * @param round what is done in a round; each begins anew
     */
    public static <T> T within(Duration limit, Supplier<T> round) {
        for (int rounds = 1; ; rounds++) {
            long began = System.nanoTime();
            T outcome = round.get();
            if (rounds == MOST || System.nanoTime() - began < limit.toNanos()) {
                return outcome;
            }
        }
    }
}
