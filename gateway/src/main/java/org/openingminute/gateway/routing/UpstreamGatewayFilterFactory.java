package org.openingminute.gateway.routing;

import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.HasRouteId;
import org.springframework.stereotype.Component;

/** The route filter {@code Upstream}, the last filter of a route: it calls the service. */
@Component
final class UpstreamGatewayFilterFactory extends AbstractGatewayFilterFactory<UpstreamGatewayFilterFactory.Config> {

    private final DeclaredRoutes routes;
    private final ServiceCalls calls;
    private final Breakers breakers;
    private final Bulkheads bulkheads;

    UpstreamGatewayFilterFactory(DeclaredRoutes routes, ServiceCalls calls, Breakers breakers, Bulkheads bulkheads) {
        super(Config.class);
        this.routes = routes;
        this.calls = calls;
        this.breakers = breakers;
        this.bulkheads = bulkheads;
    }

    /** The filter has no arguments. It finds the configuration of its route by the id, which Spring Cloud Gateway sets. */
    static final class Config implements HasRouteId {

        private String routeId = "";

        @Override
        public void setRouteId(String routeId) {
            this.routeId = routeId;
        }

        @Override
        public String getRouteId() {
            return routeId;
        }
    }

    @Override
    public GatewayFilter apply(Config config) {
        return new UpstreamFilter(calls, Upstream.of(routes.get(config.getRouteId())), breakers, bulkheads);
    }
}
