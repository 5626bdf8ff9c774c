package org.openingminute.gateway.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.observation.DefaultGatewayObservationConvention;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayContext;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** The span of a call to a service, where the request is traced; elsewhere the trace's id goes on alone. */
@Component
public final class CallSpans {

    private final ObservationRegistry observations;

    CallSpans(ObservationRegistry observations) {
        this.observations = observations;
    }

    /**
     * Traces a call.
     *
     * @param call is given the headers that tell the service of the trace
     */
    public <T> Mono<T> within(ServerWebExchange exchange, Function<HttpHeaders, Mono<T>> call) {
        HttpHeaders trace = new HttpHeaders();
        @Nullable Observation request = observationOf(exchange);
        if (request == null || request.isNoop()) {
            trace.set(TraceParent.HEADER, TraceParent.unsampled(exchange));
            return call.apply(trace);
        }
        GatewayContext context = new GatewayContext(trace, exchange.getRequest(), exchange);
        context.setResponse(exchange.getResponse());
        Observation span = Observation.createNotStarted(
                        DefaultGatewayObservationConvention.INSTANCE, () -> context, observations)
                .parentObservation(request)
                .start();
        return call.apply(trace).doOnError(span::error).doFinally(_ -> span.stop());
    }

    private static @Nullable Observation observationOf(ServerWebExchange exchange) {
        ContextView context = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REACTOR_CONTEXT_ATTR);
        return context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
    }
}
