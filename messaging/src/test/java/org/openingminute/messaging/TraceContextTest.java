package org.openingminute.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves that messages carry the trace context through topics. */
class TraceContextTest {

    private static final Map<String, String> ONE =
            Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    private static final Map<String, String> OTHER =
            Map.of("traceparent", "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01");

    private final Ended ended = new Ended();
    private final io.opentelemetry.api.trace.Tracer otel = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(ended))
            .build()
            .get("test");
    private final Tracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
    private final TraceContext traces = new TraceContext(
            tracer, new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel));

    @Test
    void written_messages_carry_the_current_trace() {
        traces.receive(
                "receive",
                List.of(ONE),
                () -> assertThat(traces.current().get("traceparent"))
                        .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
                        .doesNotContain("b7ad6b7169203331"));
        assertThat(traces.current()).isEmpty();
    }

    @Test
    void the_reading_of_one_message_is_a_part_of_its_trace() {
        traces.receive("receive", List.of(ONE), () -> {});
        assertThat(ended.spans).singleElement().satisfies(span -> {
            assertThat(span.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        });
    }

    @Test
    void the_reading_of_several_is_a_trace_of_its_own_and_linked_to_each() {
        traces.receive("receive", List.of(ONE, Map.of(), OTHER, Map.of("traceparent", "nonsense")), () -> {});
        assertThat(ended.spans).singleElement().satisfies(span -> {
            assertThat(span.getParentSpanContext().isValid()).isFalse();
            assertThat(span.getLinks())
                    .extracting(link -> link.getSpanContext().getTraceId() + "-"
                            + link.getSpanContext().getSpanId())
                    .containsExactly(
                            "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                            "1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331");
        });
    }

    @Test
    void a_failure_is_on_the_span_and_goes_on() {
        assertThatThrownBy(() -> traces.receive("receive", List.of(ONE), () -> {
                    throw new IllegalStateException("it fails");
                }))
                .hasMessage("it fails");
        assertThat(ended.spans)
                .singleElement()
                .extracting(SpanData::getStatus)
                .extracting(StatusData::getStatusCode)
                .hasToString("ERROR");
    }

    @Test
    void the_work_of_a_row_is_a_part_of_the_trace_in_which_it_was_written() {
        List<String> row = new ArrayList<>();
        traces.receive("receive", List.of(ONE), () -> row.add(traces.parent()));
        traces.resume("send", row.getFirst(), () -> traces.note("what", "it is"));

        assertThat(ended.spans).hasSize(2).last().satisfies(span -> {
            assertThat(span.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            assertThat(span.getParentSpanId())
                    .isEqualTo(ended.spans.getFirst().getSpanContext().getSpanId());
            assertThat(span.getName()).isEqualTo("send");
            assertThat(span.getAttributes().asMap().values()).containsExactly("it is");
        });
    }

    @Test
    void the_work_of_a_row_that_was_written_without_a_trace_begins_one() {
        assertThat(traces.parent()).isNull();
        assertThatThrownBy(() -> traces.resume("send", null, () -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(ended.spans)
                .singleElement()
                .satisfies(span ->
                        assertThat(span.getParentSpanContext().isValid()).isFalse());
    }

    @Test
    void work_runs_without_a_tracer() {
        List<String> done = new ArrayList<>();
        TraceContext none = TraceContext.none();
        none.receive("receive", List.of(ONE), () -> done.add("done"));
        none.resume("send", ONE.get("traceparent"), () -> done.add("done, too"));
        none.note("what", "it is");
        assertThat(done).hasSize(2);
        assertThat(none.current()).isEmpty();
        assertThat(none.parent()).isNull();
    }

    private static final class Ended implements SpanExporter {

        private final List<SpanData> spans = new ArrayList<>();

        @Override
        public CompletableResultCode export(Collection<SpanData> ending) {
            spans.addAll(ending);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
