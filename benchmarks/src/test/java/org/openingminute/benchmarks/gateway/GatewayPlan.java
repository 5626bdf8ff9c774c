package org.openingminute.benchmarks.gateway;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param warm how long each candidate is warmed before its first measurement
 * @param length of one measurement
 */
enum GatewayPlan {
    /** Whether the benchmark itself works; its figures mean nothing. */
    SMOKE(1, Duration.ofSeconds(1), Duration.ofSeconds(1)),
    /** A look. */
    SMALL(3, Duration.ofSeconds(30), Duration.ofSeconds(5)),
    /** The one whose figures are told. */
    FULL(7, Duration.ofSeconds(90), Duration.ofSeconds(10));

    private final int rounds;
    private final Duration warm;
    private final Duration length;

    GatewayPlan(int rounds, Duration warm, Duration length) {
        this.rounds = rounds;
        this.warm = warm;
        this.length = length;
    }

    int rounds() {
        return rounds;
    }

    Duration warm() {
        return warm;
    }

    Duration length() {
        return length;
    }

    /** As it would be typed. */
    String command() {
        return "./test benchmark gateway" + (this == FULL ? " full" : "");
    }
}
