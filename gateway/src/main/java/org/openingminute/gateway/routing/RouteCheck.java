package org.openingminute.gateway.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.Configurable;
import org.springframework.cloud.gateway.support.NameUtils;
import org.springframework.cloud.gateway.support.ShortcutConfigurable;
import org.springframework.cloud.gateway.support.ShortcutConfigurable.ShortcutType;
import org.springframework.stereotype.Component;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Creates each route once before the start. Otherwise Spring Cloud Gateway would only log a mistake in a route, and run without any routes.
 */
@Component
final class RouteCheck implements SmartInitializingSingleton {

    /** The filters that produce a response. A route that does not end with one would answer 200 without content. */
    private static final Set<String> LAST = Set.of("Upstream", "RedirectTo");

    /**
     * The filters that may precede them; {@code Upstream} uses the path that they set. Upstream reads headers and bodies directly from the
     * connections, so other filters of the library would have no effect.
     */
    private static final Set<String> BEFORE =
            Set.of("Cache", "PrefixPath", "RequestHeaderSize", "RewritePath", "Room", "SetPath", "StripPrefix");

    private final GatewayProperties properties;
    private final DeclaredRoutes declared;
    private final RouteLocator routes;
    private final Map<String, RoutePredicateFactory<?>> predicates;
    private final Map<String, GatewayFilterFactory<?>> filters;

    RouteCheck(
            GatewayProperties properties,
            DeclaredRoutes declared,
            @Qualifier("routeDefinitionRouteLocator") RouteLocator routes,
            List<RoutePredicateFactory<?>> predicates,
            List<GatewayFilterFactory<?>> filters) {
        this.properties = properties;
        this.declared = declared;
        this.routes = routes;
        this.predicates =
                predicates.stream().collect(Collectors.toMap(RoutePredicateFactory::name, Function.identity()));
        this.filters = filters.stream().collect(Collectors.toMap(GatewayFilterFactory::name, Function.identity()));
    }

    /**
     * The allowed arguments of a predicate or filter; Spring Cloud Gateway ignores those that it does not know.
     *
     * @param unnamed the number of arguments without a name
     */
    private record Arguments(String what, int unnamed, Set<String> names) {

        static <F extends ShortcutConfigurable & Configurable<?>> Arguments of(String what, F factory) {
            return new Arguments(
                    what,
                    factory.shortcutType() == ShortcutType.DEFAULT
                            ? factory.shortcutFieldOrder().size()
                            : Integer.MAX_VALUE,
                    Stream.of(BeanUtils.getPropertyDescriptors(factory.getConfigClass()))
                            .map(property -> plain(property.getName()))
                            .collect(Collectors.toSet()));
        }

        /** The reasons why the given arguments are invalid. */
        Stream<String> refuse(Map<String, String> given) {
            long without = given.keySet().stream().filter(Arguments::hasNoName).count();
            return Stream.concat(
                    without > unnamed ? Stream.of(what + " has too many arguments") : Stream.empty(),
                    given.keySet().stream()
                            .filter(name -> !hasNoName(name) && !names.contains(plain(name)))
                            .map(name -> what + " has no argument " + name));
        }

        private static boolean hasNoName(String name) {
            return name.startsWith(NameUtils.GENERATED_NAME_PREFIX);
        }

        /**
         * Normalises a name: Spring Boot treats {@code max-size} and {@code maxSize} alike, and {@code list[0]} as an element of a list.
         */
        private static String plain(String name) {
            return name.split("[.\\[]", 2)[0].replace("-", "").toLowerCase(Locale.ROOT);
        }
    }

    /** @throws CannotStart if a route cannot be created or gives no response, or if there are default filters */
    @Override
    public void afterSingletonsInstantiated() {
        if (!properties.getDefaultFilters().isEmpty()) {
            throw new CannotStart(GatewayProperties.PREFIX + ".default-filters: only a route may have filters");
        }
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
                                .flatMap(one ->
                                        refuse("predicate", String.valueOf(one.getName()), one.getArgs(), predicates)),
                        route.getFilters().stream()
                                .flatMap(
                                        one -> refuse("filter", String.valueOf(one.getName()), one.getArgs(), filters)))
                .findFirst()
                .ifPresent(why -> {
                    throw refused(route, why);
                });
        if (used.isEmpty() || !LAST.contains(used.getLast())) {
            throw refused(route, "its last filter is neither Upstream nor RedirectTo");
        }
        used.subList(0, used.size() - 1).stream()
                .filter(name -> !BEFORE.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw refused(route, "filter " + name + " has no effect here");
                });
    }

    private static <F extends ShortcutConfigurable & Configurable<?>> Stream<String> refuse(
            String what, String name, Map<String, String> given, Map<String, F> known) {
        @Nullable F factory = known.get(name);
        return factory == null
                ? Stream.of("there is no " + what + " " + name)
                : Arguments.of(what + " " + name, factory).refuse(given);
    }

    private static CannotStart refused(RouteDefinition route, String why) {
        return new CannotStart("route " + route.getId() + ": " + why);
    }

    /** The reason of a failure, without configured values, because those may be secrets. */
    private static String reason(RuntimeException failure) {
        return switch (failure) {
            case CannotStart ours -> String.valueOf(ours.getMessage());
            case PatternParseException path -> "a path cannot be read, at character " + (path.getPosition() + 1);
            case BindException argument -> "argument " + argument.getName() + " has a wrong value";
            default -> "it cannot be made: " + RedactedException.types(failure);
        };
    }
}
