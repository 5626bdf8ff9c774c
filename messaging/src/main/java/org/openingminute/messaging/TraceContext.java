package org.openingminute.messaging;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries a trace through a topic: written into the headers while appending, taken up again while reading. */
final class TraceContext {

    private final @Nullable Tracer tracer;
    private final @Nullable Propagator propagator;

    TraceContext(@Nullable Tracer tracer, @Nullable Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /** The headers of the trace that runs now; empty where none does. */
    Map<String, String> current() {
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

    /** Runs something as a part of the trace that the message bears. */
    void continueFrom(Message message, Runnable work) {
        if (tracer == null || propagator == null) {
            work.run();
            return;
        }
        Span span = propagator
                .extract(message.headers(), Map::get)
                .name("receive " + message.type())
                .start();
        try (Tracer.SpanInScope _ = tracer.withSpan(span)) {
            work.run();
        } catch (RuntimeException e) {
            span.error(e);
            throw e;
        } finally {
            span.end();
        }
    }
}
