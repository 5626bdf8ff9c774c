package org.openingminute.messaging;

import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Carries a trace through a topic: written into the headers while appending, taken up again while reading. For the library's
 * own packages. Safe for use by all threads.
 */
public final class TraceContext {

    private static final Pattern W3C = Pattern.compile("00-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-[0-9a-f]{2}");
    private static final int MOST_LINKS = 128; // OpenTelemetry's default limit for a span

    private final @Nullable Tracer tracer;
    private final @Nullable Propagator propagator;

    TraceContext(@Nullable Tracer tracer, @Nullable Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /** The headers of the trace that runs now; empty where none does. */
    public Map<String, String> current() {
        Map<String, String> headers = new LinkedHashMap<>();
        @Nullable Span span = tracer == null ? null : tracer.currentSpan();
        if (propagator != null && span != null) {
            propagator.inject(span.context(), headers, (carrier, name, value) -> {
                if (carrier != null) {
                    carrier.put(name, value);
                }
            });
        }
        return headers;
    }

    /**
     * Does work for messages that were read. For one message it is a part of that message's trace; for several it is a trace
     * of its own that is linked to each of theirs (to the first 128), because it belongs to none of them alone.
     *
     * @param name what is done
     * @param headers of each message
     */
    public void receive(String name, List<Map<String, String>> headers, Runnable work) {
        if (tracer == null || propagator == null) {
            work.run();
            return;
        }
        Span span = span(tracer, propagator, headers).name(name).start();
        try (Tracer.SpanInScope _ = tracer.withSpan(span)) {
            work.run();
        } catch (RuntimeException e) {
            span.error(e);
            throw e;
        } finally {
            span.end();
        }
    }

    private static Span.Builder span(Tracer tracer, Propagator propagator, List<Map<String, String>> headers) {
        if (headers.size() == 1) {
            return propagator.extract(headers.getFirst(), Map::get);
        }
        Span.Builder several = tracer.spanBuilder().setNoParent();
        headers.stream()
                .map(each -> W3C.matcher(each.getOrDefault("traceparent", "")))
                .filter(Matcher::matches)
                .limit(MOST_LINKS)
                .forEach(parent -> several.addLink(new Link(tracer.traceContextBuilder()
                        .traceId(parent.group("trace"))
                        .spanId(parent.group("span"))
                        .sampled(true)
                        .build())));
        return several;
    }
}
