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
 * Gives answers before any filter with all that {@link EdgeFilter} gives them: an id, the security headers, the line of the log
 * and the time. There is no span: nothing is called.
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
     * Answers a request.
     *
     * @param route the name in the log and in metrics
     * @param startedAt when the request came, by {@link System#nanoTime}
     * @param answer writes the response to the request with this id
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
        return answer.apply(requestId).doFinally(end -> {
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
