package org.openingminute.gateway.edge;

import io.micrometer.common.KeyValue;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * Names a proxied request by its route in metrics and traces, where it would otherwise be unknown, because it matches none
 * of our patterns.
 */
@Component
class RouteAsUri extends DefaultServerRequestObservationConvention {

    @Override
    protected KeyValue uri(ServerRequestObservationContext context) {
        return context.getAttributes().get(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR) instanceof Route route
                ? KeyValue.of("uri", route.getId())
                : super.uri(context);
    }
}
