package org.openingminute.benchmarks.gateway;

import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Spring Cloud Gateway with one route and its defaults. */
@EnableAutoConfiguration
class BareRoute {

    private static final String ROUTE = "spring.cloud.gateway.server.webflux.routes[0].";

    private BareRoute() {}

    /** @param arguments its port, and the URL of the upstream */
    public static void main(String... arguments) {
        new SpringApplicationBuilder(BareRoute.class)
                .web(WebApplicationType.REACTIVE)
                .properties(Map.of(
                        "server.address",
                        "127.0.0.1",
                        "server.port",
                        arguments[0],
                        "management.otlp.metrics.export.enabled",
                        "false",
                        "management.tracing.export.otlp.enabled",
                        "false",
                        ROUTE + "id",
                        "all",
                        ROUTE + "uri",
                        arguments[1],
                        ROUTE + "predicates[0]",
                        "Path=/**"))
                .run();
    }
}
