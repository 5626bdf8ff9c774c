package org.openingminute.gateway.routing;

import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.HasRouteId;
import org.springframework.stereotype.Component;

/** The filter {@code Upstream}, the last of a route: it calls the service. */
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

    /** There are no arguments: by the id that the library sets, the filter finds what its route says. */
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
