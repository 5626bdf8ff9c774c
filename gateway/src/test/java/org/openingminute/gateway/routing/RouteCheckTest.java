package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.AddRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RemoveRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RequestHeaderSizeGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.validation.Validator;

class RouteCheckTest {

    private static final String GOOD =
            "{id: good, uri: 'lb://payment-service', predicates: [Path=/a], filters: [Upstream]}";

    @Test
    void good_routes_pass() {
        assertThatCode(() -> check(GOOD)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{name: Path, args: {'patterns[0]': /b}}]", "['Path=/b,/c,/d,false']"})
    void paths_are_as_many_as_one_likes(String predicates) {
        String many =
                "{id: many, uri: 'no://op', filters: [{name: RequestHeaderSize, args: {max-size: 1KB}}, Upstream],"
                        + " predicates: " + predicates + "}";
        assertThatCode(() -> check(many)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            predicates: [Path=/b], filters: [Upstream]                               | uri is missing
            uri: 'no://op', filters: [Upstream]                                      | predicates are missing
            uri: 'no://op', predicates: [Path=/b]                                    | its last filter is neither Upstream nor RedirectTo
            uri: 'no://op', predicates: [Path=/b], filters: [RequestHeaderSize=1KB]  | its last filter is neither Upstream nor RedirectTo
            uri: 'no://op', predicates: [Paht=/b], filters: [Upstream]               | there is no predicate Paht
            uri: 'no://op', predicates: [Path=/b], filters: [Upstraem]               | there is no filter Upstraem
            uri: 'no://op', predicates: [Path=/b], filters: ['Upstream=2s']          | filter Upstream has too many arguments
            uri: 'no://op', predicates: [Path=/b], filters: ['RequestHeaderSize=1KB, a, b, c', Upstream] | filter RequestHeaderSize has too many arguments
            uri: 'no://op', predicates: [Path=/b], filters: [{name: RequestHeaderSize, args: {maximum: 1KB}}, Upstream] | filter RequestHeaderSize has no argument maximum
            uri: 'no://op', predicates: [{name: Path, args: {pattern: /b}}], filters: [Upstream] | predicate Path has no argument pattern
            uri: 'no://op', predicates: ['Path=/{b'], filters: [Upstream]            | a path cannot be read, at character 4
            uri: 'no://op', predicates: [Path=/b], filters: [RequestHeaderSize=a lot, Upstream] | argument max-size has a wrong value
            uri: 'no://op', predicates: [Path=/b], filters: [Cache, Upstream]        | its limit is below zero
            uri: 'no://op', predicates: [Path=/b], filters: [RemoveRequestHeader=Cookie, Upstream] | filter RemoveRequestHeader has no effect here
            uri: 'no://op', predicates: [Path=/b], filters: [Cache, 'AddRequestHeader=A, b', Upstream] | filter AddRequestHeader has no effect here
            uri: 'no://op', predicates: [Path=/b], filters: [Upstream, Upstream]     | filter Upstream has no effect here
            """)
    void a_mistake_is_one_sentence_with_the_routes_id(String route, String why) {
        String bad = "{id: bad, " + route + "}";
        assertThatThrownBy(() -> check(GOOD, bad))
                .isInstanceOf(CannotStart.class)
                .hasMessage("route bad: " + why);
    }

    /** The library would run them before the filters of each route. */
    @Test
    void filters_of_all_routes_are_refused() {
        GatewayProperties properties = new GatewayProperties();
        properties.setDefaultFilters(List.of(new FilterDefinition("Cache=page, 1s, 5m")));
        assertThatThrownBy(() -> check(properties, GOOD))
                .isInstanceOf(CannotStart.class)
                .hasMessage("spring.cloud.gateway.server.webflux.default-filters: only a route may have filters");
    }

    private static void check(String... routes) throws IOException {
        check(new GatewayProperties(), routes);
    }

    private static void check(GatewayProperties properties, String... routes) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        String yaml = DeclaredRoutes.KEY + ": [" + String.join(", ", routes) + "]";
        new YamlPropertySourceLoader()
                .load("file", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .forEach(environment.getPropertySources()::addFirst);
        DeclaredRoutes declared = new DeclaredRoutes(environment);
        List<RoutePredicateFactory<?>> predicates = List.of(new PathRoutePredicateFactory(new WebFluxProperties()));
        List<GatewayFilterFactory<?>> filters = List.of(
                new RequestHeaderSizeGatewayFilterFactory(),
                new AddRequestHeaderGatewayFilterFactory(),
                new RemoveRequestHeaderGatewayFilterFactory(),
                new Last(),
                new Refusing());
        new RouteCheck(
                        properties,
                        declared,
                        new RouteDefinitionRouteLocator(
                                declared,
                                List.copyOf(predicates),
                                List.copyOf(filters),
                                properties,
                                new ConfigurationService(
                                        new DefaultListableBeanFactory(),
                                        (Supplier<ConversionService>) () -> null,
                                        (Supplier<Validator>) () -> null)),
                        predicates,
                        filters)
                .afterSingletonsInstantiated();
    }

    /** Takes the place of the filter that calls services. */
    private static final class Last extends AbstractGatewayFilterFactory<Object> {

        @Override
        public String name() {
            return "Upstream";
        }

        @Override
        public GatewayFilter apply(Object config) {
            return (exchange, chain) -> chain.filter(exchange);
        }
    }

    /** Takes the place of the cache filter, and rejects its arguments. */
    private static final class Refusing extends AbstractGatewayFilterFactory<Object> {

        @Override
        public String name() {
            return "Cache";
        }

        @Override
        public GatewayFilter apply(Object config) {
            throw new CannotStart("its limit is below zero");
        }
    }
}
