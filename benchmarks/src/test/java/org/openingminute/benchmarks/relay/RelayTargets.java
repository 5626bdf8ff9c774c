package org.openingminute.benchmarks.relay;

import java.util.ArrayList;
import java.util.List;
import org.openingminute.benchmarks.Target;
import org.openingminute.benchmarks.relay.Figures.What;
import org.openingminute.local.page.Spread;

/** Compares the measurements with the targets. */
final class RelayTargets {

    private static final double OF_THE_TOOL = 0.5;
    private static final double TIMES_ROW_MARKING = 10;
    private static final double P50_MILLIS = 10;
    private static final double P50_MILLIS_AFTER_QUIET = 5;
    private static final double TIMES_END_TO_END = 5;
    private static final double HELD_MILLIS = 10;

    private final Figures figures;

    RelayTargets(Figures figures) {
        this.figures = figures;
    }

    List<Target> all() {
        List<Target> all = new ArrayList<>();
        Spread ofTool = Spread.of(figures.ratios(What.DRAINED_A_SECOND, Ours.NAME, RelayRun.TOOL_KEYED));
        all.add(new Target(
                "backlog: messages a second over %s".formatted(RelayRun.TOOL_KEYED),
                ofTool.toString(),
                "≥ " + OF_THE_TOOL,
                ofTool.median() >= OF_THE_TOOL));
        for (String peer : peers()) {
            Spread times = Spread.of(figures.ratios(What.DRAINED_A_SECOND, Ours.NAME, peer));
            all.add(new Target(
                    "backlog: messages a second over %s".formatted(peer),
                    times.toString(),
                    "≥ " + Spread.number(TIMES_ROW_MARKING),
                    times.median() >= TIMES_ROW_MARKING));
        }
        all.add(atMost(
                "commit to consumer after quiet, p50 ms",
                figures.spread(What.ARRIVAL_P50, RelayRun.AFTER_QUIET),
                P50_MILLIS_AFTER_QUIET));
        all.add(atMost(
                "commit to consumer at %,d commits a second, p50 ms".formatted(Paced.PER_SECOND),
                figures.spread(What.ARRIVAL_P50, Ours.NAME),
                P50_MILLIS));
        Spread p99 = figures.spread(What.ARRIVAL_P99, Ours.NAME);
        double most = TIMES_END_TO_END * figures.median(What.ARRIVAL_P99, RelayRun.END_TO_END);
        all.add(new Target(
                "commit to consumer, p99 ms",
                p99.toString(),
                "≤ %s (%s times the end-to-end tool's)".formatted(Spread.number(most), Spread.number(TIMES_END_TO_END)),
                p99.median() <= most));
        all.add(commit(What.COMMIT_P50, "p50"));
        all.add(commit(What.COMMIT_P99, "p99"));
        all.add(atMost(
                "cleaning up: the slowest commit while a day is dropped, ms",
                figures.spread(What.HELD_MS, CleanUp.DROP),
                HELD_MILLIS));
        return all;
    }

    private static Target atMost(String what, Spread is, double most) {
        return new Target(what, is.toString(), "≤ " + Spread.number(most), is.median() <= most);
    }

    List<String> peers() {
        return figures.all(What.DRAINED_A_SECOND).stream()
                .filter(name -> !List.of(
                                Ours.NAME, RelayRun.TOOL_AS_IT_IS, RelayRun.TOOL_AS_THE_RELAY, RelayRun.TOOL_KEYED)
                        .contains(name))
                .toList();
    }

    /** The spread is the range of the measurements without the relay. */
    private Target commit(What what, String name) {
        Spread off = figures.spread(what, RelayRun.RELAY_OFF);
        double more = figures.median(what, RelayRun.RELAY_ON) - off.median();
        double spread = off.most() - off.least();
        return new Target(
                "commit %s ms: with the relay less without".formatted(name),
                "%.2f".formatted(more),
                "≤ %.2f (the spread without it)".formatted(spread),
                more <= spread);
    }
}
