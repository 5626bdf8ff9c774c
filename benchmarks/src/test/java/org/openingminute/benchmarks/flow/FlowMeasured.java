package org.openingminute.benchmarks.flow;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.openingminute.benchmarks.flow.FlowHops.Hop;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.Generated;

/**
 * One measurement, from its beginning until the last mail.
 *
 * @param counts of WAL, images and checkpoints, and where it was made for that, of statements and transactions
 * @param cpu processor time by part
 * @param gc time for which a garbage collector stopped a part
 * @param requests to the broker by kind, where it was made for that
 * @param hops microseconds from one service to the next, where something is registered
 */
record FlowMeasured(
        Generated generated,
        Counts counts,
        Map<String, Double> cpu,
        Map<String, Double> gc,
        Map<String, Double> requests,
        Map<Hop, Histogram> hops) {

    FlowMeasured with(Map<Hop, Histogram> measured) {
        return new FlowMeasured(generated, counts, cpu, gc, requests, measured);
    }

    /** Milliseconds, 0 of what did not happen. */
    double millis(Hop hop, double percentile) {
        return hops.containsKey(hop) ? hops.get(hop).getValueAtPercentile(percentile) / 1e3 : 0;
    }

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
                each(requests, idle.requests(), times, many),
                hops);
    }

    private static Map<String, Double> each(
            Map<String, Double> of, Map<String, Double> idle, double times, double many) {
        Map<String, Double> each = new LinkedHashMap<>();
        of.forEach((name, value) -> each.put(name, (value - idle.getOrDefault(name, 0.0) * times) / many));
        return each;
    }
}
