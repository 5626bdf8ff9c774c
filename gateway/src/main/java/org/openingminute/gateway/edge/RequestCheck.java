package org.openingminute.gateway.edge;

import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.request.BodyLimits;
import org.openingminute.gateway.request.QueryGuard;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses overlong addresses and oversized bodies. It runs behind the limits, because a refusal may require reading a large body and must
 * count as a call.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
class RequestCheck implements WebFilter {

    /** The maximum length of path and query in characters; services accept as many bytes in addition to the headers. */
    private static final int LONGEST_ADDRESS = 8_000;

    private final BodyLimits bodies;

    RequestCheck(BodyLimits bodies) {
        this.bodies = bodies;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (EdgeFilter.isManagement(exchange)) {
            return chain.filter(exchange);
        }
        String path = exchange.getRequest().getURI().getRawPath();
        @Nullable String query = exchange.getRequest().getURI().getRawQuery();
        if (path.length() + (query == null ? 0 : query.length()) > LONGEST_ADDRESS) {
            throw new Problem(CommonProblem.TOO_LARGE, "The request is too large.");
        }
        if (!PathGuard.isPlain(path) || PathGuard.isInternal(path)) {
            throw Problem.notFound();
        }
        QueryGuard.check(query);
        return bodies.limit(exchange).flatMap(chain::filter);
    }
}
