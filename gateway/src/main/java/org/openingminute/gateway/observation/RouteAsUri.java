package org.openingminute.gateway.observation;

import io.micrometer.common.KeyValue;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * Labels a proxied request with its route in metrics and traces. Otherwise its {@code uri} would be unknown, because it matches none of our
 * own patterns. The observation has a name of its own, so that the few observed requests stay out of the metric of all requests.
 */
@Component
public class RouteAsUri extends DefaultServerRequestObservationConvention {

    RouteAsUri() {
        super("http.server.spans");
    }

    /** The route, or the pattern of the gateway's own paths; empty if there is neither. */
    static String patternOf(ServerRequestObservationContext context) {
        if (context.getAttributes().get(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR) instanceof Route route) {
            return route.getId();
        }
        String pattern = context.getPathPattern();
        return pattern == null ? "" : pattern;
    }

    @Override
    protected KeyValue uri(ServerRequestObservationContext context) {
        return context.getAttributes().get(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR) instanceof Route route
                ? KeyValue.of("uri", route.getId())
                : super.uri(context);
    }
}
