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

/** Collects measurements by flow and load, one entry for each round. Used by one thread. */
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
     * A line of a table.
     *
     * @param clients number of closed loops; 0 for an open load
     * @param part an open load, as a part of the best closed loop's rate
     */
    record Line(Flow flow, int clients, double part) {

        /** The measurement right after the start. */
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

    /** Adds a measurement that was made for its counts only. */
    void addCounted(Line line, FlowMeasured measured) {
        counted.put(line, measured.each(idle));
        print(line, measured);
    }

    void addRead(Reading reading, FlowMeasured measured) {
        reads.computeIfAbsent(reading, _ -> new ArrayList<>()).add(measured.each(idle));
    }

    /** @param each figures for one flow */
    void addBaseline(Flow flow, FlowMeasured each) {
        baseline.computeIfAbsent(flow, _ -> new ArrayList<>()).add(each);
    }

    /** Sets the measurement of {@link Line#COLD}. */
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

    /** Returns the figures of the single process with {@link FlowTargets#CLIENTS} clients. */
    Map<Flow, List<FlowMeasured>> baseline() {
        return baseline;
    }

    Map<Reading, List<FlowMeasured>> reads() {
        return reads;
    }

    /** Returns the measurement right after the start, if there is one. */
    Optional<Generated> cold() {
        return Optional.ofNullable(cold);
    }

    List<Line> closed() {
        return lines.keySet().stream().filter(Line::isClosed).toList();
    }

    List<Line> open() {
        return lines.keySet().stream().filter(line -> !line.isClosed()).toList();
    }

    /** Returns the best closed loop's rate in flows per second. */
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
