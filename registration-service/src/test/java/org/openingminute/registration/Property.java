package org.openingminute.registration;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A rule that holds for whatever a random generator makes up. Each case has a seed of its own; one that fails is tried again
 * alone by {@code -Dproperty.seed=}. Without it, a build tries the same cases as the one before.
 */
public final class Property {

    private static final long FIRST = 20_260_202L;

    private Property() {}

    /** Tries so many cases, and names the seed of the one that fails. */
    public static void holds(int cases, Consumer<RandomGenerator> rule) {
        Long only = Long.getLong("property.seed");
        for (int i = 0; i < (only == null ? cases : 1); i++) {
            long seed = only == null ? FIRST + i : only;
            try {
                rule.accept(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("case " + i + " fails; alone: -Dproperty.seed=" + seed, e);
            }
        }
    }
}
