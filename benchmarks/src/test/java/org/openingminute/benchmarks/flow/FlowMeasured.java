package org.openingminute.benchmarks.flow;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.openingminute.benchmarks.flow.FlowHops.Hop;
import org.openingminute.local.flow.FlowCounts.Counts;
import org.openingminute.local.flow.Generated;

/**
 * One measurement, from its start until the last mail.
 *
 * @param counts WAL, images and checkpoints; statements and transactions only in measurements made for counts
 * @param cpu processor time by part
 * @param gc pauses for garbage collection, by part
 * @param requests to the broker by kind, only in measurements made for counts
 * @param hops microseconds from service to service; empty without registrations
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

    /** Returns milliseconds; 0 if the hop did not occur. */
    double millis(Hop hop, double percentile) {
        return hops.containsKey(hop) ? hops.get(hop).getValueAtPercentile(percentile) / 1e3 : 0;
    }

    /**
     * Returns the figures for one finished flow, less those of the idle system and of polling for the state. Converts seconds to
     * milliseconds. Checkpoints and garbage collection are not reduced by the idle system's.
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
