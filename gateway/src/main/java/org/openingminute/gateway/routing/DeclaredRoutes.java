package org.openingminute.gateway.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.PropertiesRouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/**
 * Merges the routes of all configuration files. Spring Boot would replace the list of one file by another's; here a route replaces the one
 * with the same id, at its position, and a new route precedes all known ones.
 */
@Component
final class DeclaredRoutes extends PropertiesRouteDefinitionLocator {

    static final String KEY = GatewayProperties.PREFIX + ".routes";

    private final List<RouteDefinition> all;

    /** @throws CannotStart if a file has a route twice, or one without an id */
    DeclaredRoutes(ConfigurableEnvironment environment) {
        super(new GatewayProperties());
        List<RouteDefinition> routes = new ArrayList<>();
        for (PropertySource<?> source :
                environment.getPropertySources().stream().toList().reversed()) {
            ConfigurationPropertySource properties = ConfigurationPropertySource.from(source);
            if (properties != null) {
                merge(declaredIn(properties, environment), routes);
            }
        }
        all = routes.stream().filter(RouteDefinition::isEnabled).toList();
    }

    private static List<RouteDefinition> declaredIn(
            ConfigurationPropertySource source, ConfigurableEnvironment environment) {
        return new Binder(List.of(source), new PropertySourcesPlaceholdersResolver(environment))
                .bind(
                        KEY,
                        Bindable.listOf(RouteDefinition.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .orElse(List.of());
    }

    private static void merge(List<RouteDefinition> declared, List<RouteDefinition> known) {
        List<RouteDefinition> more = new ArrayList<>();
        for (int i = 0; i < declared.size(); i++) {
            RouteDefinition route = declared.get(i);
            if (route.getId() == null) {
                throw new CannotStart(KEY + "[" + i + "] has no id");
            }
            if (declared.subList(0, i).stream().anyMatch(hasIdOf(route))) {
                throw new CannotStart("route " + route.getId() + " is declared twice");
            }
            IntStream.range(0, known.size())
                    .filter(place -> hasIdOf(route).test(known.get(place)))
                    .findFirst()
                    .ifPresentOrElse(place -> known.set(place, route), () -> more.add(route));
        }
        known.addAll(0, more);
    }

    private static Predicate<RouteDefinition> hasIdOf(RouteDefinition route) {
        return other -> Objects.equals(other.getId(), route.getId());
    }

    /** All routes, in matching order. */
    List<RouteDefinition> all() {
        return all;
    }

    /** @param id the id of a route that is being created */
    RouteDefinition get(String id) {
        return all.stream()
                .filter(route -> id.equals(route.getId()))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Flux<RouteDefinition> getRouteDefinitions() {
        return Flux.fromIterable(all);
    }
}
