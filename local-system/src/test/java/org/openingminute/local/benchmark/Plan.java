package org.openingminute.local.benchmark;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured.
 *
 * @param name what the report calls it
 * @param rounds how often everything is measured, one contender after the other
 * @param run how long one measurement lasts
 * @param clients closed loops of so many clients
 * @param connections of the naive transaction: each is tried, the best is used
 * @param loads of the open sweep, as parts of the capacity
 * @param filled sizes of the tables at which admission is measured again
 * @param fillLimit the longest time for filling up to one of these sizes
 * @param alone whether the services that only listen are stopped meanwhile
 */
record Plan(
        String name,
        int rounds,
        Duration run,
        List<Integer> clients,
        List<Integer> connections,
        List<Double> loads,
        List<Integer> filled,
        Duration fillLimit,
        boolean alone) {

    private static final List<Double> SWEEP = List.of(0.5, 0.9, 1.0, 2.0, 5.0);

    /** A look, about two minutes. */
    static final Plan SMALL = new Plan(
            "small",
            2,
            Duration.ofMillis(1500),
            List.of(64, 512),
            List.of(4, 8, 16, 32),
            SWEEP,
            List.of(50_000),
            Duration.ofSeconds(20),
            true);

    /** The one whose figures are told. */
    static final Plan FULL = new Plan(
            "full",
            5,
            Duration.ofSeconds(6),
            List.of(64, 512),
            List.of(4, 8, 16, 32, 64),
            SWEEP,
            List.of(1_000_000, 10_000_000),
            Duration.ofMinutes(6),
            true);

    /** Whether the benchmark itself works; its figures mean nothing. */
    static final Plan SMOKE = new Plan(
            "smoke",
            1,
            Duration.ofMillis(150),
            List.of(8),
            List.of(4),
            List.of(0.5),
            List.of(200),
            Duration.ofSeconds(5),
            false);

    static Plan named(String name) {
        return switch (name) {
            case "small" -> SMALL;
            case "full" -> FULL;
            default -> throw new IllegalArgumentException("the benchmark is small or full, not '" + name + "'");
        };
    }
}
