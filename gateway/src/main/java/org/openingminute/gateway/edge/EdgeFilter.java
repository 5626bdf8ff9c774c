package org.openingminute.gateway.edge;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.observation.RequestTimes;
import org.openingminute.gateway.problem.ProblemWriter;
import org.openingminute.kit.runtime.Ids;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** The outermost filter: assigns request ids, turns errors into responses, and writes the access log. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class EdgeFilter implements WebFilter {

    /** The header with the request id, in requests, calls to services and responses. */
    public static final String REQUEST_ID = "X-Request-Id";

    private static final String ATTRIBUTE = EdgeFilter.class.getName() + ".requestId";
    private static final Pattern USABLE_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final Ids ids;
    private final ProblemWriter problems;
    private final SecurityHeaders securityHeaders;
    private final AccessLog accessLog;
    private final RequestTimes times;

    EdgeFilter(
            Ids ids, ProblemWriter problems, SecurityHeaders securityHeaders, AccessLog accessLog, RequestTimes times) {
        this.ids = ids;
        this.problems = problems;
        this.securityHeaders = securityHeaders;
        this.accessLog = accessLog;
        this.times = times;
    }

    /** The id of an exchange's request. */
    public static String requestId(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getURI().getRawPath();
        if (isManagement(exchange)) {
            // Spring Cloud Gateway keeps routes off the management port only if its number was configured in advance.
            return times.time(
                    exchange,
                    path.startsWith("/actuator")
                            ? chain.filter(exchange)
                            : Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND)));
        }
        long startedAt = System.nanoTime();
        String requestId = usableOrNew(exchange.getRequest(), ids);
        exchange.getAttributes().put(ATTRIBUTE, requestId);
        CountingResponse answer = new CountingResponse(exchange.getResponse());
        answer.beforeCommit(() -> {
            answer.getHeaders().set(REQUEST_ID, requestId);
            securityHeaders.set(path, answer.getHeaders());
            keepPrivate(answer);
            return Mono.empty();
        });
        ServerWebExchange watched = exchange.mutate().response(answer).build();
        Mono<Void> handling = Mono.defer(() -> chain.filter(watched))
                .onErrorResume(error -> problems.write(watched, error, requestId));
        return times.time(watched, handling).doFinally(end -> {
            accessLog.write(
                    watched,
                    requestId,
                    Duration.ofNanos(System.nanoTime() - startedAt),
                    end == SignalType.ON_COMPLETE || (end == SignalType.CANCEL && answer.isWhole()));
        });
    }

    /**
     * Marks an answer as private unless the part that created it says otherwise, because it may contain data that only the token's holder
     * may see. A 304 is excluded: it must not change what a cache stores.
     */
    private static void keepPrivate(ServerHttpResponse answer) {
        if (!answer.getHeaders().containsHeader(HttpHeaders.CACHE_CONTROL)
                && !HttpStatus.NOT_MODIFIED.equals(answer.getStatusCode())) {
            answer.getHeaders().setCacheControl("private, no-store");
        }
    }

    static String usableOrNew(ServerHttpRequest request, Ids ids) {
        @Nullable String given = request.getHeaders().getFirst(REQUEST_ID);
        return given != null && USABLE_ID.matcher(given).matches()
                ? given
                : ids.next().toString();
    }

    /** Whether a request arrived at the management port, whose small context also uses the filters of the application. */
    public static boolean isManagement(ServerWebExchange exchange) {
        ApplicationContext context = exchange.getApplicationContext();
        return context != null && context.getParent() != null;
    }
}
