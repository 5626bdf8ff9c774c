package org.openingminute.gateway.cache;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.cache.CacheableRead.Kind;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.HasRouteId;
import org.springframework.stereotype.Component;

/**
 * The route filter {@code Cache}, for example {@code Cache=json, 1s, 5m, limit after}. It declares that the reads of its route are the same
 * for everyone. {@link CachedReads} evaluates the declaration before any route is matched, so the filter itself passes every request on.
 */
@Component
final class CacheGatewayFilterFactory extends AbstractGatewayFilterFactory<CacheGatewayFilterFactory.Config> {

    private final PublicReads reads;

    CacheGatewayFilterFactory(PublicReads reads) {
        super(Config.class);
        this.reads = reads;
    }

    /** The arguments in their order, and the route's id, which Spring Cloud Gateway sets. */
    static final class Config implements HasRouteId {

        private String routeId = "";
        private @Nullable Kind kind;
        private @Nullable Duration fresh;
        private @Nullable Duration stale;
        private String parameters = "";

        @Override
        public void setRouteId(String routeId) {
            this.routeId = routeId;
        }

        @Override
        public String getRouteId() {
            return routeId;
        }

        public void setKind(Kind kind) {
            this.kind = kind;
        }

        public void setFresh(Duration fresh) {
            this.fresh = fresh;
        }

        public void setStale(Duration stale) {
            this.stale = stale;
        }

        /** The parameters' names, separated by spaces. */
        public void setParameters(String parameters) {
            this.parameters = parameters;
        }

        private CacheableRead read() {
            return new CacheableRead(
                    routeId,
                    given(kind, "kind"),
                    Arrays.stream(parameters.split(" "))
                            .filter(name -> !name.isEmpty())
                            .toList(),
                    given(fresh, "fresh"),
                    given(stale, "stale"));
        }

        private static <T> T given(@Nullable T argument, String name) {
            if (argument == null) {
                throw new CannotStart("argument " + name + " of Cache is missing");
            }
            return argument;
        }
    }

    @Override
    public List<String> shortcutFieldOrder() {
        return List.of("kind", "fresh", "stale", "parameters");
    }

    @Override
    public GatewayFilter apply(Config config) {
        reads.declare(config.read());
        return (exchange, chain) -> chain.filter(exchange);
    }
}
