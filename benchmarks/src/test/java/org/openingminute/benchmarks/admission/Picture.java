package org.openingminute.benchmarks.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openingminute.benchmarks.admission.Results.Line;
import org.openingminute.benchmarks.admission.Results.Part;
import org.openingminute.local.load.Measured;
import org.openingminute.local.page.Drawing;
import org.openingminute.local.page.Spread;

/** Draws the results: a bar for each candidate's rate, and lines for the rate under overload. */
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
    private final Drawing drawing = new Drawing();
    private int y = 30;

    private Picture(Plan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    static String svg(Plan plan, Results results) {
        Picture picture = new Picture(plan, results);
        picture.bars();
        picture.lines();
        return picture.drawing.svg("Admission beside the naive transaction", WIDTH, picture.y + 10);
    }

    /** Draws a pair of bars for each candidate; a thin line shows the rounds' minimum and maximum. */
    private void bars() {
        drawing.text(
                16,
                y,
                "",
                "Registrations a second (no-op: answers) with %d clients, upper bars, and %d, lower bars"
                        .formatted(plan.fewClients(), plan.manyClients()));
        y += 18;
        List<String> candidates = new ArrayList<>();
        for (Line line : results.lines(one -> one.part() == Part.CLOSED)) {
            if (!candidates.contains(line.candidate())) {
                candidates.add(line.candidate());
            }
        }
        double most = results.lines(one -> one.part() == Part.CLOSED).stream()
                .mapToDouble(line -> results.spread(line, Measured::perSecond).most())
                .max()
                .orElse(1);
        double scale = (WIDTH - LEFT - RIGHT) / most;
        for (String candidate : candidates) {
            drawing.text(16, y + BAR + 4, "", candidate);
            for (int clients : plan.clients()) {
                Line line = new Line(Part.CLOSED, candidate, clients);
                Spread rate = results.spread(line, Measured::perSecond);
                drawing.bar(clients == plan.fewClients() ? "few" : "many", LEFT, y, BAR, scale, rate);
                y += BAR;
            }
            y += GAP;
        }
    }

    /** Draws the rate by the load, both relative to the capacity. */
    private void lines() {
        y += 20;
        drawing.text(16, y, "", "Done / capacity, when requests come at so many times the capacity");
        y += 14;
        int bottom = y + PLOT;
        double right = WIDTH - RIGHT - 100.0;
        double most = plan.loads().getLast();
        drawing.draw("<path class=\"axis\" fill=\"none\" d=\"M60 %d V%d H%.1f\"/>", y, bottom, right);
        double free = 0;
        for (double load : plan.loads()) {
            double x = 60 + load / most * (right - 60);
            // Adjacent loads share a label.
            if (x >= free) {
                drawing.text(x - 8, bottom + 18, "faint", Spread.number(load));
                free = x + LABEL;
            }
        }
        for (double part : new double[] {0.5, 1}) {
            drawing.text(24, bottom - part * PLOT / 1.2 + 4, "faint", Spread.number(part));
            drawing.draw(
                    "<line class=\"axis\" stroke-dasharray=\"2 4\" x1=\"60\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%3$.1f\"/>",
                    right, bottom - part * PLOT / 1.2, bottom - part * PLOT / 1.2);
        }
        String[] styles = {"first", "second"};
        String[] candidates = {Targets.IN_PROCESS, Targets.SERVICE};
        for (int i = 0; i < candidates.length; i++) {
            curve(candidates[i], styles[i], bottom, right, most);
            drawing.text(right + 10, y + 14 + 18 * i, styles[i] + "-text", candidates[i]);
        }
        y = bottom + 30;
    }

    private void curve(String candidate, String style, int bottom, double right, double most) {
        double capacity = results.figures().getOrDefault(BenchmarkRun.CAPACITY + candidate, 0.0);
        StringBuilder points = new StringBuilder();
        for (Line line :
                results.lines(one -> one.part() == Part.SWEEP && one.candidate().equals(candidate))) {
            double part = Math.min(1.2, results.median(line, Measured::perSecond) / capacity);
            points.append(String.format(
                    Locale.ROOT, "%.1f,%.1f ", 60 + line.load() / most * (right - 60), bottom - part * PLOT / 1.2));
        }
        drawing.draw(
                "<polyline class=\"line %s\" points=\"%s\"/>",
                style, points.toString().strip());
    }
}
