package org.openingminute.gateway.edge;

import org.openingminute.gateway.request.BodyLimits;
import org.openingminute.gateway.request.QueryGuard;
import org.openingminute.kit.problem.Problem;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Checks path, query and size. It stands behind the limits: a refusal may cost the reading of a large body, and counts. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
class RequestCheck implements WebFilter {

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
        if (!PathGuard.isPlain(path) || PathGuard.isInside(path)) {
            throw Problem.notFound();
        }
        QueryGuard.check(exchange.getRequest().getURI().getRawQuery());
        return bodies.limit(exchange).flatMap(chain::filter);
    }
}
