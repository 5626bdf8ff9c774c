package org.openingminute.gateway.observation;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Records every request that {@link Sampling} selected, and the configured share of the traces that begin elsewhere. A span with a parent
 * follows its parent's decision.
 */
@Component
final class SpanSampling implements Sampler {

    private final Sampler requests = Sampler.parentBased(Sampler.alwaysOn());
    private final Sampler others;

    SpanSampling(@Value("${management.tracing.sampling.probability}") double share) {
        others = Sampler.parentBased(Sampler.traceIdRatioBased(share));
    }

    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        Sampler sampler = kind == SpanKind.SERVER ? requests : others;
        return sampler.shouldSample(parent, traceId, name, kind, attributes, links);
    }

    @Override
    public String getDescription() {
        return "Requests: " + requests.getDescription() + ", others: " + others.getDescription();
    }
}
