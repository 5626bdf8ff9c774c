package org.openingminute.gateway.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpanSamplingTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @Test
    void a_request_was_drawn_before() {
        assertThat(isRecorded(0, Context.root(), SpanKind.SERVER)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SERVER")
    void the_share_decides_on_what_begins_elsewhere(SpanKind kind) {
        assertThat(isRecorded(1, Context.root(), kind)).isTrue();
        assertThat(isRecorded(0, Context.root(), kind)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void a_span_with_a_parent_follows_it(SpanKind kind) {
        assertThat(isRecorded(0, childOf(TraceFlags.getSampled()), kind)).isTrue();
        assertThat(isRecorded(1, childOf(TraceFlags.getDefault()), kind)).isFalse();
    }

    private static Context childOf(TraceFlags flags) {
        SpanContext parent = SpanContext.create(TRACE, "b7ad6b7169203331", flags, TraceState.getDefault());
        return Context.root().with(Span.wrap(parent));
    }

    private static boolean isRecorded(double share, Context parent, SpanKind kind) {
        return new SpanSampling(share)
                        .shouldSample(parent, TRACE, "span", kind, Attributes.empty(), List.of())
                        .getDecision()
                == SamplingDecision.RECORD_AND_SAMPLE;
    }
}
