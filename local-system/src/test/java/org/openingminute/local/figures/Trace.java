package org.openingminute.local.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.openingminute.local.figures.Collector.Spanned;

/**
 * What is there of a trace.
 *
 * @param spans by their begins
 */
record Trace(List<Spanned> spans) {

    /** Those whose parent is not there; of a whole trace, its first alone. */
    List<Spanned> roots() {
        return spans.stream().filter(span -> parent(span).isEmpty()).toList();
    }

    Optional<Spanned> parent(Spanned of) {
        return spans.stream().filter(span -> span.id().equals(of.parent())).findFirst();
    }

    private List<Spanned> children(Spanned of) {
        return spans.stream().filter(span -> span.parent().equals(of.id())).toList();
    }

    Optional<Spanned> named(String service, String name) {
        return spans.stream()
                .filter(span -> span.service().equals(service) && span.name().equals(name))
                .findFirst();
    }

    /** The services on the way to a span, from the trace's first; one that hands on to itself is named once. */
    List<String> wayTo(Spanned last) {
        List<String> way = new ArrayList<>();
        for (Optional<Spanned> span = Optional.of(last); span.isPresent(); span = parent(span.get())) {
            if (way.isEmpty() || !way.getFirst().equals(span.get().service())) {
                way.addFirst(span.get().service());
            }
        }
        return way;
    }

    /** A span, and how many are above it. */
    record Line(Spanned span, int depth) {}

    /** Each span below the one that it came of. */
    List<Line> asTree() {
        List<Line> lines = new ArrayList<>();
        roots().forEach(root -> add(lines, root, 0));
        return lines;
    }

    private void add(List<Line> lines, Spanned span, int depth) {
        lines.add(new Line(span, depth));
        children(span).forEach(child -> add(lines, child, depth + 1));
    }

    long begin() {
        return spans.getFirst().begin();
    }

    long end() {
        return spans.stream().mapToLong(Spanned::end).max().orElseThrow();
    }
}
