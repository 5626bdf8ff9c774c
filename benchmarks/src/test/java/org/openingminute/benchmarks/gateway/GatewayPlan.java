package org.openingminute.benchmarks.gateway;

import java.time.Duration;
import org.openingminute.benchmarks.Form;

/**
 * The size of the measurements.
 *
 * @param rounds rounds of each load; cases take turns
 * @param warm warm-up of each case before its first round
 * @param length length of a measurement
 */
record GatewayPlan(int rounds, Duration warm, Duration length) {

    static GatewayPlan of(Form form) {
        return form.of(
                new GatewayPlan(1, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                new GatewayPlan(3, Duration.ofSeconds(8), Duration.ofSeconds(2)),
                new GatewayPlan(10, Duration.ofSeconds(20), Duration.ofSeconds(3)));
    }
}
