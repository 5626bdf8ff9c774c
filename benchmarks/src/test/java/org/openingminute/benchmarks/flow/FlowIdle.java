package org.openingminute.benchmarks.flow;

import java.util.Map;
import org.openingminute.local.flow.FlowCounts.Counts;

/**
 * The idle system's consumption.
 *
 * @param cpu seconds of processor time by part
 * @param requests to the broker, by kind
 */
record FlowIdle(Counts counts, Map<String, Double> cpu, Map<String, Double> requests) {

    double seconds() {
        return counts.seconds();
    }
}
