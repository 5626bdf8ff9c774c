package org.openingminute.local.page;

import java.util.Locale;

/** An SVG image that is readable on light and dark pages. */
public final class Drawing {

    private final StringBuilder drawn = new StringBuilder();

    public void text(double x, double baseline, String style, String words) {
        draw("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>", x, baseline, style, words);
    }

    public void draw(String format, Object... values) {
        drawn.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** Draws a bar with its value, and a thin line from the lowest to the highest round. */
    public void bar(String style, double left, double top, int thickness, double scale, Spread value) {
        draw(
                "<rect class=\"%s\" x=\"%.0f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\"/>",
                style, left, top, Math.max(1, value.median() * scale), thickness - 2);
        draw(
                "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%3$.0f\" y2=\"%3$.0f\"/>",
                left + value.least() * scale, left + value.most() * scale, top + thickness / 2 - 1);
        double median = value.median();
        text(
                left + value.most() * scale + 6,
                top + thickness - 4,
                "faint",
                Spread.number(median >= 100 ? Math.rint(median) : median));
    }

    public String svg(String title, int width, int height) {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="system-ui, sans-serif" font-size="13">
                <title>%s</title>
                <style>
                  .paper { fill: #ffffff } text { fill: #1f2328 } .faint { fill: #59636e }
                  .few { fill: #0969da } .many { fill: #8250df } .line { fill: none; stroke-width: 2.5 }
                  .first { stroke: #0969da } .second { stroke: #bc4c00 } .third { stroke: #1a7f37 } .axis { stroke: #8c959f; stroke-width: 1 }
                  .first-text { fill: #0969da } .second-text { fill: #bc4c00 } .third-text { fill: #1a7f37 }
                  @media (prefers-color-scheme: dark) {
                    .paper { fill: #0d1117 } text { fill: #f0f6fc } .faint { fill: #9198a1 }
                    .few { fill: #4493f8 } .many { fill: #ab7df8 } .first { stroke: #4493f8 } .second { stroke: #db6d28 } .third { stroke: #3fb950 }
                    .first-text { fill: #4493f8 } .second-text { fill: #db6d28 } .third-text { fill: #3fb950 }
                  }
                </style>
                <rect class="paper" width="100%%" height="100%%"/>
                %s</svg>
                """.formatted(width, height, title, drawn);
    }
}
