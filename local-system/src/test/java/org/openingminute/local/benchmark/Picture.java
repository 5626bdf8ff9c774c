package org.openingminute.local.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openingminute.local.benchmark.Results.Line;
import org.openingminute.local.benchmark.Results.Part;
import org.openingminute.local.benchmark.Results.Spread;
import org.openingminute.local.load.Measured;

/** The results as a picture: bars of what each contender does, and lines of what is done when too much is asked for. */
final class Picture {

    private static final int WIDTH = 760;
    private static final int LEFT = 240;
    private static final int RIGHT = 100;
    private static final int BAR = 16;
    private static final int GAP = 10;
    private static final int PLOT = 220;
    private static final int LABEL = 36;

    private final Plan plan;
    private final Results results;
    private final StringBuilder drawn = new StringBuilder();
    private int y = 30;

    private Picture(Plan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    static String svg(Plan plan, Results results) {
        Picture picture = new Picture(plan, results);
        picture.bars();
        picture.lines();
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="system-ui, sans-serif" font-size="13">
                <title>Admission beside the naive transaction</title>
                <style>
                  .paper { fill: #ffffff } text { fill: #1f2328 } .faint { fill: #59636e }
                  .few { fill: #0969da } .many { fill: #8250df } .line { fill: none; stroke-width: 2.5 }
                  .first { stroke: #0969da } .second { stroke: #bc4c00 } .axis { stroke: #8c959f; stroke-width: 1 }
                  .first-text { fill: #0969da } .second-text { fill: #bc4c00 }
                  @media (prefers-color-scheme: dark) {
                    .paper { fill: #0d1117 } text { fill: #f0f6fc } .faint { fill: #9198a1 }
                    .few { fill: #4493f8 } .many { fill: #ab7df8 } .first { stroke: #4493f8 } .second { stroke: #db6d28 }
                    .first-text { fill: #4493f8 } .second-text { fill: #db6d28 }
                  }
                </style>
                <rect class="paper" width="100%%" height="100%%"/>
                %s</svg>
                """.formatted(WIDTH, picture.y + 10, picture.drawn);
    }

    /** One pair of bars for each contender, with the rounds' least and most as a thin line. */
    private void bars() {
        text(
                16,
                y,
                "",
                "Registrations a second (no-op: answers) with %d clients, upper bars, and %d, lower bars"
                        .formatted(plan.fewClients(), plan.manyClients()));
        y += 18;
        List<String> contenders = new ArrayList<>();
        for (Line line : results.lines(one -> one.part() == Part.CLOSED)) {
            if (!contenders.contains(line.contender())) {
                contenders.add(line.contender());
            }
        }
        double most = results.lines(one -> one.part() == Part.CLOSED).stream()
                .mapToDouble(line -> results.spread(line, Measured::perSecond).most())
                .max()
                .orElse(1);
        double scale = (WIDTH - LEFT - RIGHT) / most;
        for (String contender : contenders) {
            text(16, y + BAR + 4, "", contender);
            for (int clients : plan.clients()) {
                Line line = new Line(Part.CLOSED, contender, clients);
                Spread rate = results.spread(line, Measured::perSecond);
                draw(
                        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                        clients == plan.fewClients() ? "few" : "many",
                        LEFT,
                        y,
                        Math.max(1, rate.median() * scale),
                        BAR - 2);
                draw(
                        "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%3$d\" y2=\"%3$d\"/>",
                        LEFT + rate.least() * scale, LEFT + rate.most() * scale, y + BAR / 2 - 1);
                text(LEFT + rate.most() * scale + 6, y + BAR - 4, "faint", Report.number(Math.rint(rate.median())));
                y += BAR;
            }
            y += GAP;
        }
    }

    /** What is done over the capacity, by what is asked for over the capacity. */
    private void lines() {
        y += 20;
        text(16, y, "", "Done / capacity, when requests come at so many times the capacity");
        y += 14;
        int bottom = y + PLOT;
        double right = WIDTH - RIGHT - 100.0;
        double most = plan.loads().getLast();
        draw("<path class=\"axis\" fill=\"none\" d=\"M60 %d V%d H%.1f\"/>", y, bottom, right);
        double free = 0;
        for (double load : plan.loads()) {
            double x = 60 + load / most * (right - 60);
            // Loads that are close to each other share a label.
            if (x >= free) {
                text(x - 8, bottom + 18, "faint", Report.number(load));
                free = x + LABEL;
            }
        }
        for (double part : new double[] {0.5, 1}) {
            text(24, bottom - part * PLOT / 1.2 + 4, "faint", Report.number(part));
            draw(
                    "<line class=\"axis\" stroke-dasharray=\"2 4\" x1=\"60\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%3$.1f\"/>",
                    right, bottom - part * PLOT / 1.2, bottom - part * PLOT / 1.2);
        }
        String[] styles = {"first", "second"};
        String[] contenders = {Targets.IN_PROCESS, Targets.SERVICE};
        for (int i = 0; i < contenders.length; i++) {
            curve(contenders[i], styles[i], bottom, right, most);
            text(right + 10, y + 14 + 18 * i, styles[i] + "-text", contenders[i]);
        }
        y = bottom + 30;
    }

    private void curve(String contender, String style, int bottom, double right, double most) {
        double capacity = results.figures().getOrDefault(Course.CAPACITY + contender, 0.0);
        StringBuilder points = new StringBuilder();
        for (Line line :
                results.lines(one -> one.part() == Part.SWEEP && one.contender().equals(contender))) {
            double part = Math.min(1.2, results.median(line, Measured::perSecond) / capacity);
            points.append(String.format(
                    Locale.ROOT, "%.1f,%.1f ", 60 + line.load() / most * (right - 60), bottom - part * PLOT / 1.2));
        }
        draw(
                "<polyline class=\"line %s\" points=\"%s\"/>",
                style, points.toString().strip());
    }

    private void text(double x, double baseline, String style, String words) {
        draw("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>", x, baseline, style, words);
    }

    private void draw(String format, Object... values) {
        drawn.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
