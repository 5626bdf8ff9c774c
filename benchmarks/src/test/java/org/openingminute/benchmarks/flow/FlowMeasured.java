package org.openingminute.benchmarks.flow;

import java.util.LinkedHashMap;
import java.util.Map;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.Generated;

/**
 * One measurement, from its beginning until the last mail.
 *
 * @param counts of WAL, images and checkpoints, and where it was made for that, of statements and transactions
 * @param cpu processor time by part
 * @param gc time for which a garbage collector stopped a part
 * @param requests to the broker by kind, where it was made for that
 */
record FlowMeasured(
        Generated generated,
        Counts counts,
        Map<String, Double> cpu,
        Map<String, Double> gc,
        Map<String, Double> requests) {

    /**
     * For each finished flow, less the idle system and the requests for its state. Of seconds it makes milliseconds; checkpoints and what
     * garbage collectors do are not the idle system's.
     */
    FlowMeasured each(FlowIdle idle) {
        double times = counts.seconds() / idle.seconds();
        double many = generated.all();
        return new FlowMeasured(
                generated,
                counts.without(idle.counts()).withoutPolls(generated.polls()).each(many),
                each(cpu, idle.cpu(), times, many / 1000),
                each(gc, Map.of(), times, many / 1000),
                each(requests, idle.requests(), times, many));
    }

    private static Map<String, Double> each(
            Map<String, Double> of, Map<String, Double> idle, double times, double many) {
        Map<String, Double> each = new LinkedHashMap<>();
        of.forEach((name, value) -> each.put(name, (value - idle.getOrDefault(name, 0.0) * times) / many));
        return each;
    }
}
