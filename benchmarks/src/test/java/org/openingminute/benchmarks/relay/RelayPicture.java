package org.openingminute.benchmarks.relay;

import java.util.List;
import org.openingminute.benchmarks.relay.Figures.What;
import org.openingminute.local.page.Drawing;
import org.openingminute.local.page.Spread;

/** Draws bars of each candidate's drain rate and latency. */
final class RelayPicture {

    private static final int WIDTH = 760;
    private static final int LEFT = 300;
    private static final int RIGHT = 100;
    private static final int BAR = 16;
    private static final int GAP = 6;

    private final Drawing drawing = new Drawing();
    private int y = 30;

    private RelayPicture() {}

    static String svg(Figures figures) {
        RelayPicture picture = new RelayPicture();
        picture.bars("Messages a second of a backlog", figures, List.of(What.DRAINED_A_SECOND));
        picture.bars(
                "Milliseconds from commit to consumer: p50, upper bars, and p99, lower bars",
                figures,
                List.of(What.ARRIVAL_P50, What.ARRIVAL_P99));
        return picture.drawing.svg("The relay of the outbox beside others", WIDTH, picture.y);
    }

    private void bars(String title, Figures figures, List<What> whats) {
        drawing.text(16, y, "", title);
        y += 18;
        List<String> candidates = figures.all(whats.getFirst());
        double most = candidates.stream()
                .flatMap(candidate -> whats.stream().map(what -> figures.spread(what, candidate)))
                .mapToDouble(Spread::most)
                .max()
                .orElse(1);
        double scale = (WIDTH - LEFT - RIGHT) / most;
        for (String candidate : candidates) {
            drawing.text(16, y + BAR - 4, "", candidate);
            for (What what : whats) {
                drawing.bar(
                        what == whats.getFirst() ? "few" : "many",
                        LEFT,
                        y,
                        BAR,
                        scale,
                        figures.spread(what, candidate));
                y += BAR;
            }
            y += GAP;
        }
        y += 24;
    }
}
