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
 * Carries a trace across asynchronous steps: through a topic, whose messages have it in their headers, and through a
 * row that a job processes later.
 */
public final class TraceContext {

    private static final String PARENT = "traceparent";
    private static final Pattern W3C = Pattern.compile("00-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-[0-9a-f]{2}");
    private static final int MOST_LINKS = 128; // OpenTelemetry's default limit of links for a span

    private final @Nullable Tracer tracer;
    private final @Nullable Propagator propagator;

    /** The work for a row. */
    @FunctionalInterface
    public interface Work<E extends Exception> {
        void run() throws E;
    }

    /** A context without tracing: it only runs the work. */
    public static TraceContext none() {
        return new TraceContext(null, null);
    }

    TraceContext(@Nullable Tracer tracer, @Nullable Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /** The headers of the current trace; empty if there is none. */
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

    /** The headers of the trace among those of a message; empty if there is none. */
    public Map<String, String> of(Map<String, String> headers) {
        Map<String, String> trace = new LinkedHashMap<>(headers);
        trace.keySet().retainAll(propagator == null ? List.of() : propagator.fields());
        return trace;
    }

    /** The current trace in the form that a row stores, W3C's {@code traceparent}; {@code null} if there is none. */
    public @Nullable String parent() {
        return current().get(PARENT);
    }

    /**
     * Does the work for a row as a part of the trace in which the row was written.
     *
     * @param name what is done
     * @param parent the result of {@link #parent} at that time; {@code null} begins a trace
     */
    public <E extends Exception> void resume(String name, @Nullable String parent, Work<E> work) throws E {
        if (tracer == null || propagator == null) {
            work.run();
            return;
        }
        Map<String, String> headers = parent == null ? Map.of() : Map.of(PARENT, parent);
        within(tracer, propagator.extract(headers, Map::get).name(name), work);
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
        within(tracer, span(tracer, propagator, headers).name(name).kind(Span.Kind.CONSUMER), work::run);
    }

    /** Adds a tag to the current span that an operator may search for; it must not name a person. */
    public void note(String name, String value) {
        @Nullable Span span = tracer == null ? null : tracer.currentSpan();
        if (span != null) {
            span.tag(name, value);
        }
    }

    private static <E extends Exception> void within(Tracer tracer, Span.Builder begun, Work<E> work) throws E {
        Span span = begun.start();
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
                .map(each -> W3C.matcher(each.getOrDefault(PARENT, "")))
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
