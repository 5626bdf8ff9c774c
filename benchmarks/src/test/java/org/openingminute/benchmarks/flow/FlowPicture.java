package org.openingminute.benchmarks.flow;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.openingminute.benchmarks.flow.FlowFigures.Line;
import org.openingminute.local.flow.Flow;
import org.openingminute.local.page.Drawing;
import org.openingminute.local.page.Spread;

/** Draws bars of the flows per second, and of the processor time of one registration by part. */
final class FlowPicture {

    private static final int WIDTH = 760;
    private static final int LEFT = 200;
    private static final int RIGHT = 100;
    private static final int BAR = 16;

    private final FlowFigures figures;
    private final Drawing drawing = new Drawing();
    private int y = 30;

    private FlowPicture(FlowFigures figures) {
        this.figures = figures;
    }

    static String svg(FlowFigures figures, List<String> parts) {
        FlowPicture picture = new FlowPicture(figures);
        for (Flow flow : Flow.values()) {
            List<Line> lines = picture.figures.closed().stream()
                    .filter(line -> line.flow() == flow)
                    .toList();
            picture.bars(
                    "Finished a second, " + flow.words() + ": confirmed, upper bars, and mailed, lower bars",
                    lines,
                    List.of(
                            one -> one.generated().perSecond(),
                            one -> one.generated().mailedPerSecond()));
        }
        List<Line> paid = figures.closed().stream()
                .filter(line -> line.flow() == Flow.CARD)
                .toList();
        picture.bars(
                "Milliseconds of processor time, paid by card: all, upper bars, PostgreSQL, lower bars",
                paid,
                List.of(
                        one -> parts.stream()
                                .mapToDouble(part -> FlowReport.part(one, part))
                                .sum(),
                        one -> FlowReport.part(one, FlowRun.POSTGRES)));
        return picture.drawing.svg("From click to mail", WIDTH, picture.y);
    }

    private void bars(String title, List<Line> lines, List<ToDoubleFunction<FlowMeasured>> values) {
        drawing.text(16, y, "", title);
        y += 12;
        double most = lines.stream()
                .flatMap(line -> values.stream().map(value -> figures.spread(line, value)))
                .mapToDouble(Spread::most)
                .max()
                .orElse(1);
        for (Line line : lines) {
            drawing.text(16, y + BAR - 4, "faint", line.load());
            for (ToDoubleFunction<FlowMeasured> value : values) {
                drawing.bar(
                        value == values.getFirst() ? "few" : "many",
                        LEFT,
                        y,
                        BAR,
                        (WIDTH - LEFT - RIGHT) / most,
                        figures.spread(line, value));
                y += BAR;
            }
            y += 6;
        }
        y += 24;
    }
}
