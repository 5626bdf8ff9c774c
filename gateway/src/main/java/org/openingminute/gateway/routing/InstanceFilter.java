package org.openingminute.gateway.routing;

import java.net.URI;
import java.util.Objects;
import org.openingminute.gateway.Service;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sends each attempt to the instance whose turn it is, with path and query as they are in the request. The library would decode
 * and re-encode them, and encode some twice where a value holds an equals sign.
 */
@Component
class InstanceFilter implements GlobalFilter, Ordered {

    /** The key of the service in a route's metadata. */
    static final String SERVICE = "service";

    private final Instances instances;

    InstanceFilter(Instances instances) {
        this.instances = instances;
    }

    @Override
    public int getOrder() {
        return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        Service service = (Service) Objects.requireNonNull(route.getMetadata().get(SERVICE));
        URI instance = instances.next(service);
        exchange.getAttributes()
                .put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, at(instance, exchange.getRequest()));
        return chain.filter(exchange).doOnError(Outage::isNoConnection, e -> instances.unreachable(service, instance));
    }

    private static URI at(URI instance, ServerHttpRequest request) {
        String query = request.getURI().getRawQuery();
        return URI.create(instance.getScheme() + "://" + instance.getAuthority()
                + request.getURI().getRawPath() + (query == null ? "" : "?" + query));
    }
}
