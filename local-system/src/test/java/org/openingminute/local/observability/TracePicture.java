package org.openingminute.local.observability;

import java.util.List;
import java.util.Map;
import org.openingminute.local.fixture.Trace;
import org.openingminute.local.fixture.TraceCollector.Spanned;
import org.openingminute.local.page.Drawing;

/** Draws traces below each other: a line per span, a bar for its duration, and a thin line for the time that it waited. */
final class TracePicture {

    private static final int WIDTH = 1180;
    private static final int LINE = 20;
    private static final int BARS = 470;
    private static final int TIMES = 100;
    private static final int INDENT = 8;
    private static final double TICKS = 5;

    /** Styles for texts and bars. */
    private static final Map<String, String> STYLES = Map.of(
            "gateway", "first-text",
            "registration-service", "second-text",
            "payment-service", "third-text",
            "notification-service", "many");

    private final Drawing drawing = new Drawing();
    private int top = 30;

    private TracePicture() {}

    static String of(Trace registering, Trace paying) {
        TracePicture picture = new TracePicture();
        picture.legend();
        picture.draw("Register: the click that creates a registration", registering);
        picture.draw("Pay: the click on the card page that pays for it, up to the mail", paying);
        return picture.drawing.svg("Two traces of a paid registration", WIDTH, picture.top);
    }

    private void legend() {
        int left = 16;
        for (String service : List.of("gateway", "registration-service", "payment-service", "notification-service")) {
            drawing.draw(
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"12\" height=\"12\"/>",
                    STYLES.get(service), left, top - 11);
            drawing.text(left + 18, top, STYLES.get(service), service);
            left += 60 + service.length() * 7;
        }
        drawing.draw("<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%3$d\" y2=\"%3$d\"/>", left, left + 24, top - 5);
        drawing.text(left + 30, top, "faint", "waits: outbox, topic, queue");
        top += LINE;
    }

    private void draw(String title, Trace trace) {
        top += LINE;
        drawing.text(16, top, "", title);
        top += LINE;
        List<Trace.Line> lines = trace.asTree();
        double millis = (trace.end() - trace.begin()) / 1e6;
        double scale = (WIDTH - BARS - TIMES) / millis;
        axis(millis, scale, lines.size() * LINE);
        for (Trace.Line line : lines) {
            Spanned span = line.span();
            String style = STYLES.getOrDefault(span.service(), "faint");
            double begin = BARS + (span.begin() - trace.begin()) / 1e6 * scale;
            double width = Math.max(1.5, (span.end() - span.begin()) / 1e6 * scale);
            trace.parent(span).ifPresent(parent -> waiting(trace, parent, begin, scale));
            drawing.text(16 + line.depth() * INDENT, top + 14, style, name(span));
            drawing.draw(
                    "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                    style, begin, top + 3, width, LINE - 6);
            drawing.text(begin + width + 5, top + 14, "faint", "%.1f ms".formatted((span.end() - span.begin()) / 1e6));
            top += LINE;
        }
        top += LINE;
    }

    /** Draws the wait of a span that begins after its parent has ended. */
    private void waiting(Trace trace, Spanned parent, double begin, double scale) {
        double since = BARS + (parent.end() - trace.begin()) / 1e6 * scale;
        if (since < begin) {
            drawing.draw(
                    "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%3$d\" y2=\"%3$d\"/>",
                    since, begin, top + LINE / 2);
        }
    }

    private void axis(double millis, double scale, int height) {
        double rough = millis / TICKS;
        double unit = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = rough / unit < 2 ? unit : rough / unit < 5 ? 2 * unit : 5 * unit;
        for (double at = 0; at <= millis; at += step) {
            double left = BARS + at * scale;
            drawing.draw(
                    "<line class=\"axis\" opacity=\"0.35\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
                    left, top, top + height);
            drawing.text(left + 2, top - 4, "faint", "%.0f ms".formatted(at));
        }
    }

    /** The type of a message is more specific than its topic, and the gateway's span names are all the same. */
    private static String name(Spanned span) {
        Map<String, String> attributes = span.attributes();
        String type = attributes.get("messaging.message.type");
        String route = span.service().equals("gateway")
                ? attributes.getOrDefault("uri", attributes.getOrDefault("spring.cloud.gateway.route.id", ""))
                : "";
        String name = type != null ? "receive " + type : span.name() + (route.isEmpty() ? "" : ", route " + route);
        return name.replace("&", "&amp;").replace("<", "&lt;");
    }
}
