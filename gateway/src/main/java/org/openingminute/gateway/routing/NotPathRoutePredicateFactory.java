package org.openingminute.gateway.routing;

import java.util.function.Predicate;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** The route predicate {@code NotPath}, the negation of Spring Cloud Gateway's {@code Path}. */
@Component
final class NotPathRoutePredicateFactory extends PathRoutePredicateFactory {

    NotPathRoutePredicateFactory(WebFluxProperties properties) {
        super(properties);
    }

    @Override
    public Predicate<ServerWebExchange> apply(Config config) {
        return super.apply(config).negate();
    }
}
