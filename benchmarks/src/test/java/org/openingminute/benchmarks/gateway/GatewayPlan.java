package org.openingminute.benchmarks.gateway;

import java.time.Duration;
import org.openingminute.benchmarks.Form;

/**
 * The size of the measurements.
 *
 * @param rounds rounds of each load; cases take turns
 * @param window length of a warm-up window; the warming of a case ends when two windows in succession were not faster
 * @param warmAtMost longest warm-up of a case
 * @param length length of a measurement
 */
record GatewayPlan(int rounds, Duration window, Duration warmAtMost, Duration length) {

    static GatewayPlan of(Form form) {
        return form.of(
                new GatewayPlan(1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)),
                new GatewayPlan(3, Duration.ofSeconds(4), Duration.ofSeconds(30), Duration.ofSeconds(2)),
                new GatewayPlan(10, Duration.ofSeconds(8), Duration.ofSeconds(90), Duration.ofSeconds(3)));
    }
}
