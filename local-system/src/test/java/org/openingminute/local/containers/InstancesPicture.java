package org.openingminute.local.containers;

import java.util.List;
import java.util.Locale;
import org.openingminute.local.containers.InstancesRun.Lag;
import org.openingminute.local.containers.InstancesRun.What;
import org.openingminute.local.page.Drawing;

/** Draws bars of what instances do per second, and lines of the backlog over time for work that queues. */
final class InstancesPicture {

    private static final int WIDTH = 760;
    private static final int LEFT = 240;
    private static final int RIGHT = 100;
    private static final int BAR = 16;
    private static final int PLOT = 160;
    private static final List<String> STYLES = List.of("first", "second", "third");

    private final InstancesRun benchmark;
    private final Drawing drawing = new Drawing();
    private int y = 30;

    private InstancesPicture(InstancesRun benchmark) {
        this.benchmark = benchmark;
    }

    static String svg(InstancesRun benchmark) {
        InstancesPicture picture = new InstancesPicture(benchmark);
        for (What what : What.values()) {
            picture.bars(what);
        }
        picture.lines(What.MAILS, "Mails that wait, by seconds after the first registration");
        picture.lines(What.REFUNDS, "Refunds that wait, by seconds after the first cancellation");
        return picture.drawing.svg("One, two and four instances of each service", WIDTH, picture.y);
    }

    private void bars(What what) {
        drawing.text(16, y, "", what.service + ": " + what.words);
        y += 10;
        double most = InstancesRun.INSTANCES.stream()
                .mapToDouble(instances -> benchmark.spread(what, instances).most())
                .max()
                .orElse(1);
        for (int instances : InstancesRun.INSTANCES) {
            drawing.text(16, y + BAR - 4, "faint", instances == 1 ? "1 instance" : instances + " instances");
            drawing.bar("few", LEFT, y, BAR, (WIDTH - LEFT - RIGHT) / most, benchmark.spread(what, instances));
            y += BAR;
        }
        y += 26;
    }

    private void lines(What what, String title) {
        drawing.text(16, y, "", title);
        y += 12;
        double longest = InstancesRun.INSTANCES.stream()
                .mapToDouble(
                        instances -> benchmark.lag(what, instances).getLast().seconds())
                .max()
                .orElse(1);
        int left = 60;
        double across = (WIDTH - left - 120) / longest;
        double up = (double) PLOT / benchmark.size();
        int floor = y + PLOT;
        drawing.draw("<path class=\"axis\" fill=\"none\" d=\"M%d %d V%d H%d\"/>", left, y, floor, WIDTH - 110);
        drawing.text(16, y + 10, "faint", "" + benchmark.size());
        drawing.text(left, floor + 16, "faint", "0");
        drawing.text(left + longest * across - 30, floor + 16, "faint", "%.0f s".formatted(longest));
        for (int i = 0; i < InstancesRun.INSTANCES.size(); i++) {
            StringBuilder points = new StringBuilder("%d,%d".formatted(left, floor));
            int instances = InstancesRun.INSTANCES.get(i);
            for (Lag lag : benchmark.lag(what, instances)) {
                points.append(String.format(
                        Locale.ROOT, " %.1f,%.1f", left + lag.seconds() * across, floor - lag.left() * up));
            }
            drawing.draw("<polyline class=\"line %s\" points=\"%s\"/>", STYLES.get(i), points);
            drawing.text(
                    WIDTH - 100,
                    y + 14 + i * 18,
                    STYLES.get(i) + "-text",
                    instances == 1 ? "1 instance" : instances + " instances");
        }
        y = floor + 44;
    }
}
