package org.openingminute.benchmarks.admission;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.openingminute.local.load.Measured;
import org.openingminute.local.page.Spread;

/** Collects measurements by part, candidate and load, one entry for each round. Used by one thread. */
final class Results {

    private final Map<Line, List<Measured>> lines = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Double> figures = new LinkedHashMap<>();

    /** The tables of the report. */
    enum Part {
        CLOSED,
        CALM,
        SWEEP,
        NO,
        SNAPSHOT,
        FILLED
    }

    /**
     * A line of a table.
     *
     * @param load clients, requests per second or rows, depending on the part
     */
    record Line(Part part, String candidate, double load) {}

    void add(Line line, Measured measured) {
        lines.computeIfAbsent(line, _ -> new ArrayList<>()).add(measured);
        System.out.printf(
                "%-7s %-32s %9.2f: %8.0f/s  p50 %.1f  p99 %.1f ms, %d refused, %d unsure%n",
                line.part(),
                line.candidate(),
                line.load(),
                measured.answersPerSecond(),
                measured.millis(50),
                measured.millis(99),
                measured.refused(),
                measured.unsure());
    }

    /** Adds a note that readers of the tables need. */
    void note(String note) {
        notes.add(note);
        System.out.println(note);
    }

    /** Adds a single named value. */
    void figure(String name, double value) {
        figures.put(name, value);
        System.out.printf("%s: %.1f%n", name, value);
    }

    Map<String, Double> figures() {
        return figures;
    }

    List<String> notes() {
        return notes;
    }

    List<Line> lines(Predicate<Line> which) {
        return lines.keySet().stream().filter(which).toList();
    }

    Optional<Line> line(Part part, String candidate, double load) {
        Line line = new Line(part, candidate, load);
        return lines.containsKey(line) ? Optional.of(line) : Optional.empty();
    }

    Spread spread(Line line, ToDoubleFunction<Measured> value) {
        return Spread.of(lines.get(line).stream().mapToDouble(value).toArray());
    }

    double median(Line line, ToDoubleFunction<Measured> value) {
        return spread(line, value).median();
    }

    /** Returns the ratio of two lines round by round, so that slow rounds affect both. */
    Spread ratio(Line line, Line over, ToDoubleFunction<Measured> value) {
        List<Measured> above = lines.get(line);
        List<Measured> below = lines.get(over);
        return Spread.of(IntStream.range(0, Math.min(above.size(), below.size()))
                .mapToDouble(i -> value.applyAsDouble(above.get(i)) / Math.max(1e-9, value.applyAsDouble(below.get(i))))
                .toArray());
    }
}
