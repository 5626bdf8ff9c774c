package org.openingminute.registration;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Checks a property with random inputs. Each case has its own seed; {@code -Dproperty.seed=} repeats a failed case alone. Otherwise every
 * build tries the same cases.
 */
public final class Property {

    private static final long FIRST = 20_260_202L;

    private Property() {}

    /** Tries this number of cases. The error of a failed case names its seed. */
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
