package org.openingminute.ui.part;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A column chart over time or categories, rendered on the server and accompanied by a table with the same numbers.
 *
 * @param caption the chart's title
 * @param kind the heading of the categories
 * @param unit the heading of the values
 * @param points the columns from left to right
 */
public record Chart(String caption, String kind, String unit, List<Point> points) {

    /** Dimensions of the drawing, in units of the template's view box. */
    private static final int WIDTH = 480;

    private static final int LEFT = 44;
    private static final int TOP = 10;
    private static final int BOTTOM = 172;
    private static final double GAP = 0.25;
    private static final int MOST_LABELS = 6;
    private static final int LINES = 4;

    public Chart {
        points = List.copyOf(points);
    }

    /**
     * A column.
     *
     * @param text the value as it is displayed
     */
    public record Point(String label, long value, String text) {

        /** @throws IllegalArgumentException if the value is negative */
        public Point {
            if (value < 0) {
                throw new IllegalArgumentException("a column of " + value);
            }
        }
    }

    /** A column with its position in the drawing. */
    public record Bar(Point point, double x, double y, double width, double height, boolean isLabelled) {

        /** The horizontal centre of the column, where its label is anchored. */
        public double middle() {
            return x + width / 2;
        }
    }

    /** A horizontal grid line with the value that labels it. */
    public record Line(long value, double y) {}

    /** Whether there are no values to draw. */
    public boolean isEmpty() {
        return points.isEmpty();
    }

    public List<Bar> bars() {
        double step = (double) (WIDTH - LEFT) / Math.max(1, points.size());
        int every = Math.ceilDiv(Math.max(1, points.size()), MOST_LABELS);
        long highest = top(step());
        return IntStream.range(0, points.size())
                .mapToObj(i -> {
                    double top = y(points.get(i).value(), highest);
                    return new Bar(
                            points.get(i),
                            round(LEFT + step * (i + GAP / 2)),
                            top,
                            round(step * (1 - GAP)),
                            round(BOTTOM - top),
                            i % every == 0);
                })
                .toList();
    }

    public List<Line> lines() {
        long step = step();
        long highest = top(step);
        List<Line> lines = new ArrayList<>();
        for (long value = 0; value <= highest; value += step) {
            lines.add(new Line(value, y(value, highest)));
        }
        return lines;
    }

    private long most() {
        return points.stream().mapToLong(Point::value).max().orElse(0);
    }

    /** The smallest of 1, 2, 5, 10, 20 and so on that gives at most four grid lines. */
    private long step() {
        long most = most();
        long power = 1;
        while (true) {
            for (long factor : new long[] {1, 2, 5}) {
                if (factor * power * LINES >= most) {
                    return factor * power;
                }
            }
            power = Math.multiplyExact(power, 10);
        }
    }

    private long top(long step) {
        return Math.max(1, Math.ceilDiv(most(), step)) * step;
    }

    private static double y(long value, long top) {
        return round(BOTTOM - (BOTTOM - TOP) * (double) value / top);
    }

    /** Rounds to a tenth, a difference that is invisible. */
    private static double round(double length) {
        return Math.round(length * 10) / 10.0;
    }
}
