package org.openingminute.gateway.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Records the metric {@code http.server.requests} for all requests, traced or not. Its labels equal those of an observation, and are
 * created once for each kind of request.
 */
@Component
public final class RequestTimes {

    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.values());
    private static final int UNKNOWN = 0;

    private final MeterRegistry meters;
    private final RouteAsUri labels;
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    RequestTimes(MeterRegistry meters, RouteAsUri labels) {
        this.meters = meters;
        this.labels = labels;
    }

    /** Determines the labels. There are few kinds, whatever clients send. */
    private record Kind(@Nullable HttpMethod method, String uri, int status, boolean aborted, String exception) {}

    /**
     * Times the handling of a request.
     *
     * @return the same handling, which is added to the metric when it ends
     */
    public Mono<Void> time(ServerWebExchange exchange, Mono<Void> handling) {
        return ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .map(context -> {
                    long startedAt = System.nanoTime();
                    return handling.doOnError(context::setError).doFinally(end -> {
                        context.setConnectionAborted(end == SignalType.CANCEL);
                        add(exchange, context, startedAt);
                    });
                })
                .orElse(handling);
    }

    /** The status of an error that is not answered yet is known only when the response commits. */
    private void add(ServerWebExchange exchange, ServerRequestObservationContext context, long startedAt) {
        ServerHttpResponse response = exchange.getResponse();
        Duration took = Duration.ofNanos(System.nanoTime() - startedAt);
        if (context.getError() == null || response.isCommitted()) {
            timer(exchange, context).record(took);
        } else {
            response.beforeCommit(
                    () -> Mono.fromRunnable(() -> timer(exchange, context).record(took)));
        }
    }

    /**
     * Adds a request that is not observed.
     *
     * @param uri the route, or the pattern of the path
     * @param aborted whether the client disconnected before the end
     */
    public void add(
            ServerHttpRequest request, ServerHttpResponse response, String uri, Duration took, boolean aborted) {
        @Nullable HttpStatusCode status = response.getStatusCode();
        Kind kind = new Kind(
                request.getMethod(), uri, status == null ? UNKNOWN : status.value(), aborted, KeyValue.NONE_VALUE);
        timers.computeIfAbsent(kind, _ -> {
                    ServerRequestObservationContext context =
                            new ServerRequestObservationContext(request, response, Map.of());
                    context.setPathPattern(uri);
                    context.setConnectionAborted(aborted);
                    return register(kind, context);
                })
                .record(took);
    }

    private Timer timer(ServerWebExchange exchange, ServerRequestObservationContext context) {
        ServerHttpResponse response = exchange.getResponse();
        @Nullable HttpStatusCode status = response.getStatusCode();
        boolean cutOff = context.isConnectionAborted() && !response.isCommitted();
        HttpMethod method = exchange.getRequest().getMethod();
        @Nullable Throwable error = context.getError();
        Kind kind = new Kind(
                METHODS.contains(method) ? method : null,
                RouteAsUri.patternOf(context),
                status == null || cutOff ? UNKNOWN : status.value(),
                context.isConnectionAborted(),
                error == null ? KeyValue.NONE_VALUE : error.getClass().getSimpleName());
        return timers.computeIfAbsent(kind, _ -> register(kind, context));
    }

    private Timer register(Kind kind, ServerRequestObservationContext context) {
        Timer.Builder timer = Timer.builder("http.server.requests").tag("error", kind.exception());
        labels.getLowCardinalityKeyValues(context).forEach(label -> timer.tag(label.getKey(), label.getValue()));
        return timer.register(meters);
    }
}
