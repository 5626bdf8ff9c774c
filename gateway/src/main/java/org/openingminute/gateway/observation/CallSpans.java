package org.openingminute.gateway.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.observation.DefaultGatewayObservationConvention;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayContext;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Creates a span for each call to a service if the request is traced; otherwise only propagates the trace id. */
@Component
public final class CallSpans {

    private final ObservationRegistry observations;

    CallSpans(ObservationRegistry observations) {
        this.observations = observations;
    }

    /**
     * Traces a call.
     *
     * @param call receives a function that adds the trace headers to the call
     */
    public <T> Mono<T> trace(ServerWebExchange exchange, Function<Consumer<HttpHeaders>, Mono<T>> call) {
        @Nullable Observation request = observationOf(exchange);
        return request == null || request.isNoop()
                ? call.apply(headers -> headers.set(TraceParent.HEADER, TraceParent.unsampled(exchange)))
                : Mono.defer(() -> observe(request, exchange, call));
    }

    private <T> Mono<T> observe(
            Observation request, ServerWebExchange exchange, Function<Consumer<HttpHeaders>, Mono<T>> call) {
        org.springframework.http.HttpHeaders trace = new org.springframework.http.HttpHeaders();
        GatewayContext context = new GatewayContext(trace, exchange.getRequest(), exchange);
        context.setResponse(exchange.getResponse());
        Observation span = Observation.createNotStarted(
                        DefaultGatewayObservationConvention.INSTANCE, () -> context, observations)
                .parentObservation(request)
                .start();
        return Mono.defer(() -> call.apply(headers -> trace.forEach(headers::set)))
                .doOnError(span::error)
                .doFinally(_ -> span.stop());
    }

    private static @Nullable Observation observationOf(ServerWebExchange exchange) {
        ContextView context = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REACTOR_CONTEXT_ATTR);
        return context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
    }
}
