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
 * Carries a trace across asynchronous steps: through a topic in the headers of its messages, and through a row that a job processes later.
 * Thread-safe.
 */
public final class TraceContext {

    private static final String PARENT = "traceparent";
    private static final Pattern W3C = Pattern.compile("00-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-[0-9a-f]{2}");
    private static final int MOST_LINKS = 128; // OpenTelemetry's default limit of links for a span

    private final @Nullable Tracer tracer;
    private final @Nullable Propagator propagator;

    /** The work for one row. */
    @FunctionalInterface
    public interface Work<E extends Exception> {
        void run() throws E;
    }

    /** A context without tracing, which only runs the work. */
    public static TraceContext none() {
        return new TraceContext(null, null);
    }

    TraceContext(@Nullable Tracer tracer, @Nullable Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /** The current trace as headers; empty if there is none. */
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

    /** The trace headers among a message's headers; empty if there are none. */
    public Map<String, String> of(Map<String, String> headers) {
        Map<String, String> trace = new LinkedHashMap<>(headers);
        trace.keySet().retainAll(propagator == null ? List.of() : propagator.fields());
        return trace;
    }

    /** The current trace as W3C's {@code traceparent}, the form that rows store; {@code null} if there is none. */
    public @Nullable String parent() {
        return current().get(PARENT);
    }

    /**
     * Runs the work for a row within the trace in which the row was written.
     *
     * @param name the name of the span
     * @param parent the result of {@link #parent} when the row was written; {@code null} starts a new trace
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
     * Runs work for received messages. The work for one message belongs to that message's trace. The work for several messages gets a trace
     * of its own that is linked to each of theirs (the first 128), because it belongs to none of them alone.
     *
     * @param name the name of the span
     * @param headers the headers of each message
     */
    public void receive(String name, List<Map<String, String>> headers, Runnable work) {
        if (tracer == null || propagator == null) {
            work.run();
            return;
        }
        within(tracer, span(tracer, propagator, headers).name(name).kind(Span.Kind.CONSUMER), work::run);
    }

    /** Adds a tag to the current span, by which operators can search. Must not contain personal data. */
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
