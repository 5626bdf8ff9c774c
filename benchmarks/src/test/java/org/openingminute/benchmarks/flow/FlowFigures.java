package org.openingminute.benchmarks.flow;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.flow.Flow;
import org.openingminute.local.flow.Generated;
import org.openingminute.local.flow.Reading;
import org.openingminute.local.page.Spread;

/** What was measured, by flow and load, one entry for each round. Used by one thread. */
final class FlowFigures {

    private final Map<Line, List<FlowMeasured>> lines = new LinkedHashMap<>();
    private final Map<Line, FlowMeasured> counted = new LinkedHashMap<>();
    private final Map<Reading, List<FlowMeasured>> reads = new EnumMap<>(Reading.class);
    private final Map<Flow, List<FlowMeasured>> baseline = new EnumMap<>(Flow.class);
    private final FlowIdle idle;
    private @Nullable Generated cold;

    FlowFigures(FlowIdle idle) {
        this.idle = idle;
    }

    /**
     * What one line of a table tells.
     *
     * @param clients of a closed loop, or none
     * @param part of an open one: of what the best closed loop does
     */
    record Line(Flow flow, int clients, double part) {

        /** What is measured right after the start. */
        static final Line COLD = closed(Flow.CARD, 16);

        static Line closed(Flow flow, int clients) {
            return new Line(flow, clients, 0);
        }

        static Line open(Flow flow, double part) {
            return new Line(flow, 0, part);
        }

        boolean isClosed() {
            return clients > 0;
        }

        String load() {
            return isClosed()
                    ? clients + (clients == 1 ? " client" : " clients")
                    : Math.round(part * 100) + " % of the best";
        }
    }

    void add(Line line, FlowMeasured measured) {
        lines.computeIfAbsent(line, _ -> new ArrayList<>()).add(measured.each(idle));
        print(line, measured);
    }

    /** Of a measurement for the counts alone. */
    void addCounted(Line line, FlowMeasured measured) {
        counted.put(line, measured.each(idle));
        print(line, measured);
    }

    void addRead(Reading reading, FlowMeasured measured) {
        reads.computeIfAbsent(reading, _ -> new ArrayList<>()).add(measured.each(idle));
    }

    /** @param each of one flow */
    void addBaseline(Flow flow, FlowMeasured each) {
        baseline.computeIfAbsent(flow, _ -> new ArrayList<>()).add(each);
    }

    /** Of {@link Line#COLD}. */
    void addCold(Generated measured) {
        cold = measured;
    }

    private static void print(Line line, FlowMeasured measured) {
        System.out.printf(
                "%s, %s: %.1f/s, %.1f mails/s, %d failed, %d repeated%n",
                line.flow().words(),
                line.load(),
                measured.generated().perSecond(),
                measured.generated().mailedPerSecond(),
                measured.generated().failures(),
                measured.generated().repeated());
    }

    FlowIdle idle() {
        return idle;
    }

    Map<Line, FlowMeasured> counted() {
        return counted;
    }

    /** In one process, by {@link FlowTargets#CLIENTS}. */
    Map<Flow, List<FlowMeasured>> baseline() {
        return baseline;
    }

    Map<Reading, List<FlowMeasured>> reads() {
        return reads;
    }

    /** Right after the start, if that was measured. */
    Optional<Generated> cold() {
        return Optional.ofNullable(cold);
    }

    List<Line> closed() {
        return lines.keySet().stream().filter(Line::isClosed).toList();
    }

    List<Line> open() {
        return lines.keySet().stream().filter(line -> !line.isClosed()).toList();
    }

    /** Flows that the best closed loop finishes in a second. */
    double best(Flow flow) {
        return closed().stream()
                .filter(line -> line.flow() == flow)
                .mapToDouble(
                        line -> spread(line, one -> one.generated().perSecond()).median())
                .max()
                .orElseThrow();
    }

    List<FlowMeasured> rounds(Line line) {
        return lines.getOrDefault(line, List.of());
    }

    Spread spread(Line line, ToDoubleFunction<FlowMeasured> value) {
        return Spread.of(lines.get(line).stream().mapToDouble(value).toArray());
    }
}
