package org.openingminute.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.cache.CacheableRead.Kind;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

class PublicReadsTest {

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";

    /** The reads of the gateway's own routes; every cached route declares the same here. */
    static PublicReads ofTheGateway() {
        PublicReads reads = new PublicReads(routes(new ClassPathResource("application.yml")));
        for (String route : List.of("pages", "conferences", "conference", "availability", "ticket-keys", "assets")) {
            reads.declare(read(
                    route,
                    route.equals("pages") ? Kind.PAGE : route.equals("assets") ? Kind.FILE : Kind.JSON,
                    route.equals("conferences") ? List.of("limit", "after") : List.of()));
        }
        return reads;
    }

    private static CacheableRead read(String route, Kind kind, List<String> parameters) {
        return new CacheableRead(route, kind, parameters, Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    private static PublicReads of(String routes) {
        PublicReads reads = new PublicReads(
                routes(new ByteArrayResource((ROUTES + ":\n" + routes.indent(2)).getBytes(StandardCharsets.UTF_8))));
        reads.declare(read("cached", Kind.FILE, List.of()));
        return reads;
    }

    private static List<RouteDefinition> routes(Resource file) {
        StandardEnvironment environment = new StandardEnvironment();
        try {
            new YamlPropertySourceLoader().load("file", file).forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Binder(
                        ConfigurationPropertySources.get(environment),
                        new PropertySourcesPlaceholdersResolver(environment))
                .bind(ROUTES, Bindable.listOf(RouteDefinition.class))
                .get();
    }

    @ParameterizedTest
    @CsvSource({
        "/, pages",
        "/conferences/mlsys-2026, pages",
        "/api/conferences, conferences",
        "/api/conferences/mlsys-2026, conference",
        "/api/conferences/mlsys-2026/availability, availability",
        "/.well-known/ticket-keys, ticket-keys",
        "/assets/fonts/a.woff2, assets",
        "/assets/gateway/docs.js, /assets/gateway/{name}",
        "/assets/ui/ui.0123456789ab.css, /assets/ui/{file}",
        "/.well-known/jwks.json, /.well-known/jwks.json"
    })
    void read_belongs_to_its_route(String path, String route) {
        assertThat(ofTheGateway().at(path))
                .isNotNull()
                .extracting(CacheableRead::route)
                .isEqualTo(route);
    }

    @Test
    void first_route_that_may_be_meant_says_what_is_kept() {
        PublicReads reads = of("""
                - {id: by-host, predicates: [Path=/a/by-host, Host=example.org]}
                - {id: first, predicates: [Path=/a/first]}
                - {id: writes, predicates: [Path=/a/**, Method=POST]}
                - {id: last, order: 1, predicates: [Path=/a/last]}
                - {id: cached, predicates: [Path=/a/**, NotPath=/a/not/**, 'Method=GET,POST']}
                """);
        assertThat(reads.at("/a/any")).isNotNull();
        assertThat(reads.at("/a/last")).as("its order is later").isNotNull();
        assertThat(reads.at("/a/first")).isNull();
        assertThat(reads.at("/a/by-host")).isNull();
        assertThat(reads.at("/a/not/this")).isNull();
        assertThat(reads.at("/b")).isNull();
    }

    @Test
    void route_that_takes_all_hides_what_comes_after() {
        PublicReads reads = of("""
                - {id: all, predicates: [Host=example.org]}
                - {id: cached, predicates: [Path=/a/**]}
                """);
        assertThat(reads.at("/a/any")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host=example.org", "Header=X-Group", "Query=draft"})
    void ambiguous_route_is_refused(String predicate) {
        assertThatThrownBy(() -> of("- {id: cached, predicates: [Path=/a/**, '" + predicate + "']}"))
                .isInstanceOf(CannotStart.class)
                .hasMessage("Cache needs a route that path and method alone choose");
    }

    @ParameterizedTest
    @CsvSource({"PT-1S, PT1S", "PT2S, PT1S", "PT1S, PT5M1S"})
    void times_that_cannot_be_kept_are_refused(Duration fresh, Duration stale) {
        assertThatThrownBy(() -> new CacheableRead("route", Kind.PAGE, List.of(), fresh, stale))
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith("of Cache, fresh is not from 0 to stale");
    }
}
