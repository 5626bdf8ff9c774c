package org.openingminute.gateway.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openingminute.kit.problem.Fault;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.stereotype.Component;
import org.springframework.web.util.pattern.PatternParseException;

/** Makes each route once before the start: the library would log a mistake in one, and go on without any. */
@Component
final class RouteCheck implements SmartInitializingSingleton {

    /** The filters that answer; without one at its end, a route would answer 200 and nothing else. */
    private static final Set<String> LAST = Set.of("Upstream", "RedirectTo");

    private final DeclaredRoutes declared;
    private final RouteLocator routes;
    private final Set<String> predicates;
    private final Set<String> filters;

    RouteCheck(
            DeclaredRoutes declared,
            @Qualifier("routeDefinitionRouteLocator") RouteLocator routes,
            List<RoutePredicateFactory<?>> predicates,
            List<GatewayFilterFactory<?>> filters) {
        this.declared = declared;
        this.routes = routes;
        this.predicates = predicates.stream().map(RoutePredicateFactory::name).collect(Collectors.toSet());
        this.filters = filters.stream().map(GatewayFilterFactory::name).collect(Collectors.toSet());
    }

    /** @throws CannotStart if a route cannot be made, or answers nothing */
    @Override
    public void afterSingletonsInstantiated() {
        declared.all().forEach(this::checkWhole);
        List<Route> made = new ArrayList<>();
        try {
            routes.getRoutes().doOnNext(made::add).blockLast();
        } catch (RuntimeException e) {
            throw refused(declared.all().get(made.size()), reason(e));
        }
    }

    private void checkWhole(RouteDefinition route) {
        if (route.getUri() == null) {
            throw refused(route, "uri is missing");
        }
        if (route.getPredicates().isEmpty()) {
            throw refused(route, "predicates are missing");
        }
        List<String> used =
                route.getFilters().stream().map(FilterDefinition::getName).toList();
        Stream.concat(
                        route.getPredicates().stream()
                                .map(PredicateDefinition::getName)
                                .filter(name -> !predicates.contains(name))
                                .map(name -> "there is no predicate " + name),
                        used.stream().filter(name -> !filters.contains(name)).map(name -> "there is no filter " + name))
                .findFirst()
                .ifPresent(why -> {
                    throw refused(route, why);
                });
        if (used.isEmpty() || !LAST.contains(used.getLast())) {
            throw refused(route, "its last filter is neither Upstream nor RedirectTo");
        }
    }

    private static CannotStart refused(RouteDefinition route, String why) {
        return new CannotStart("route " + route.getId() + ": " + why);
    }

    /** Names no value, because that may be a secret. */
    private static String reason(RuntimeException failure) {
        return switch (failure) {
            case CannotStart ours -> String.valueOf(ours.getMessage());
            case PatternParseException path -> "a path cannot be read, at character " + (path.getPosition() + 1);
            case BindException argument -> "argument " + argument.getName() + " has a wrong value";
            default -> "it cannot be made: " + Fault.types(failure);
        };
    }
}
