package org.openingminute.benchmarks.relay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.openingminute.local.page.Spread;

/** Collects measurements by name, one value for each round. Used by one thread. */
final class Figures {

    /** @param of the measured subject, mostly a candidate */
    record Name(What what, String of) {}

    enum What {
        DRAINED_A_SECOND,
        CHECKPOINTS,
        IMAGES,
        GC_MS_A_SECOND,
        ARRIVAL_P50,
        ARRIVAL_P99,
        END_TO_END_AVERAGE,
        COMMIT_P50,
        COMMIT_P99,
        CLEANED_IN_MS,
        HELD_MS
    }

    private final Map<Name, List<Double>> values = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    void add(What what, String of, double value) {
        values.computeIfAbsent(new Name(what, of), _ -> new ArrayList<>()).add(value);
        System.out.printf("%-18s %-45s %,12.2f%n", what, of, value);
    }

    void forget(What... whats) {
        values.keySet().removeIf(name -> List.of(whats).contains(name.what()));
    }

    /** Adds a note that readers of the tables need. */
    void note(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    List<String> notes() {
        return notes;
    }

    List<String> all(What what) {
        return values.keySet().stream()
                .filter(name -> name.what() == what)
                .map(Name::of)
                .toList();
    }

    Spread spread(What what, String of) {
        return Spread.of(values.get(new Name(what, of)));
    }

    double median(What what, String of) {
        return spread(what, of).median();
    }

    /** Returns the ratio of two figures round by round, so that slow rounds affect both. */
    List<Double> ratios(What what, String of, String over) {
        List<Double> above = values.get(new Name(what, of));
        List<Double> below = values.get(new Name(what, over));
        return IntStream.range(0, Math.min(above.size(), below.size()))
                .mapToObj(i -> above.get(i) / below.get(i))
                .toList();
    }
}
