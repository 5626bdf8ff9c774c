package org.openingminute.benchmarks.gateway;

import java.time.Duration;
import org.openingminute.benchmarks.Form;

/**
 * How much is measured.
 *
 * @param rounds how often each load is measured, one case after the other
 * @param warm how long each case is warmed before its first round
 * @param length of one measurement
 */
record GatewayPlan(int rounds, Duration warm, Duration length) {

    static GatewayPlan of(Form form) {
        return form.of(
                new GatewayPlan(1, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                new GatewayPlan(3, Duration.ofSeconds(8), Duration.ofSeconds(2)),
                new GatewayPlan(10, Duration.ofSeconds(20), Duration.ofSeconds(3)));
    }
}
