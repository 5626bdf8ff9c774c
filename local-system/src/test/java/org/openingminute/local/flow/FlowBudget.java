package org.openingminute.local.flow;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import org.openingminute.local.flow.FlowCounts.Counts;

/**
 * The limits on the cost of a finished registration, from the lines of {@code flow-budget.properties}, for example
 * {@code card.alone.payment.statements = 130}.
 */
final class FlowBudget {

    private static final String FILE = "/flow-budget.properties";

    private final Properties lines = new Properties();

    FlowBudget() throws IOException {
        try (InputStream file = FlowBudget.class.getResourceAsStream(FILE)) {
            lines.load(Objects.requireNonNull(file, FILE));
        }
    }

    /**
     * Returns the lines that are exceeded, as text with the statements of the part; empty if none is.
     *
     * @param load the load's name in the lines
     * @param each the counts per flow
     */
    List<String> exceeded(Flow flow, String load, Counts each) {
        List<String> exceeded = new ArrayList<>();
        for (String part : FlowCounts.PARTS) {
            String line = "%s.%s.%s.statements".formatted(flow.words(), load, part);
            compare(exceeded, line, each.statements(part), each.lines(List.of(part)));
        }
        exceeded.addAll(exceeded("%s.%s".formatted(flow.words(), load), each));
        return exceeded;
    }

    /** Returns the lines that an idle second exceeds. */
    List<String> exceeded(Counts idleSecond) {
        return exceeded("idle", idleSecond);
    }

    private List<String> exceeded(String lines, Counts each) {
        List<String> exceeded = new ArrayList<>();
        for (String database : FlowCounts.DATABASES) {
            compare(
                    exceeded,
                    "%s.%s.transactions".formatted(lines, database),
                    each.transactions(database),
                    each.lines(FlowCounts.partsOf(database)));
        }
        return exceeded;
    }

    private void compare(List<String> exceeded, String line, double measured, List<String> statements) {
        double budget = Double.parseDouble(Objects.requireNonNull(lines.getProperty(line), "no line " + line));
        System.out.printf(Locale.ROOT, "flow budget: %s = %.0f, measured %.1f%n", line, budget, measured);
        if (measured > budget) {
            exceeded.add("%s = %.0f is exceeded: measured %.1f, by these statements:%n  %s"
                    .formatted(line, budget, measured, String.join("\n  ", statements)));
        }
    }
}
