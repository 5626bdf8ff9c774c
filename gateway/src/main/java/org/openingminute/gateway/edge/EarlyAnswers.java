package org.openingminute.gateway.edge;

import java.time.Duration;
import java.util.function.Function;
import org.openingminute.gateway.observation.RequestTimes;
import org.openingminute.gateway.observation.TraceParent;
import org.openingminute.kit.runtime.Ids;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Sends answers before any filter runs, with everything that {@link EdgeFilter} would add: a request id, security headers, the line of the
 * access log and the metric of the duration. There is no trace span, because no service is called.
 */
@Component
public final class EarlyAnswers {

    private final Ids ids;
    private final SecurityHeaders securityHeaders;
    private final RequestTimes times;

    EarlyAnswers(Ids ids, SecurityHeaders securityHeaders, RequestTimes times) {
        this.ids = ids;
        this.securityHeaders = securityHeaders;
        this.times = times;
    }

    /**
     * Sends an answer.
     *
     * @param route the name of the read in the log and in metrics
     * @param startedAt when the request arrived, by {@link System#nanoTime}
     * @param answer writes the response for the given request id
     */
    public Mono<Void> give(
            ServerHttpRequest request,
            ServerHttpResponse response,
            String route,
            long startedAt,
            Function<String, Mono<Void>> answer) {
        String requestId = EdgeFilter.usableOrNew(request, ids);
        String path = request.getURI().getRawPath();
        response.beforeCommit(() -> {
            response.getHeaders().set(EdgeFilter.REQUEST_ID, requestId);
            securityHeaders.set(path, response.getHeaders());
            return Mono.empty();
        });
        // To a HEAD request nothing is written, and only the completion commits the response.
        return answer.apply(requestId).then(Mono.defer(response::setComplete)).doFinally(end -> {
            Duration took = Duration.ofNanos(System.nanoTime() - startedAt);
            boolean whole = end == SignalType.ON_COMPLETE;
            times.add(request, response, route, took, !whole);
            AccessLog.write(
                    AccessLog.line(request, route, response.getStatusCode(), took)
                            .addKeyValue("requestId", requestId)
                            .addKeyValue("traceId", TraceParent.traceId(request)),
                    whole);
        });
    }
}
