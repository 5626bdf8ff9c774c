package org.openingminute.benchmarks.flow;

import java.util.LinkedHashMap;
import java.util.Map;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.Generated;

/**
 * One measurement.
 *
 * @param counts from its beginning until the last mail, and until all transactions were told where that was waited for
 * @param settled whether it was
 * @param cpu seconds of processor time by part in the same time
 */
record FlowMeasured(Generated generated, Counts counts, boolean settled, Map<String, Double> cpu) {

    /** For each finished flow, less the idle system and the requests for its state. */
    FlowMeasured each(Counts idle, Map<String, Double> idleCpu) {
        Map<String, Double> millis = new LinkedHashMap<>();
        double times = counts.seconds() / idle.seconds();
        cpu.forEach((part, seconds) ->
                millis.put(part, (seconds - idleCpu.getOrDefault(part, 0.0) * times) * 1000 / generated.all()));
        return new FlowMeasured(
                generated, counts.without(idle).withoutPolls(generated.polls()).each(generated.all()), settled, millis);
    }
}
