package org.openingminute.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.cache.CacheableRead.Kind;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.convert.ConversionService;
import org.springframework.validation.Validator;

/** Proves which arguments of the cache filter a route may declare. */
class CacheFilterTest {

    private static @Nullable CacheableRead declared(FilterDefinition filter) {
        RouteDefinition route = new RouteDefinition();
        route.setId("programme");
        route.setPredicates(List.of(new PredicateDefinition("Path=/programme")));
        PublicReads reads = new PublicReads(List.of(route));
        CacheGatewayFilterFactory factory = new CacheGatewayFilterFactory(reads);
        CacheGatewayFilterFactory.Config config = new ConfigurationService(
                        new DefaultListableBeanFactory(),
                        (Supplier<ConversionService>) () -> null,
                        (Supplier<Validator>) () -> null)
                .with(factory)
                .name(factory.name())
                .properties(filter.getArgs())
                .bind();
        config.setRouteId("programme");
        factory.apply(config);
        return reads.at("/programme");
    }

    @Test
    void arguments_stand_in_their_order() {
        assertThat(declared(new FilterDefinition("Cache=json, 1s, 5m, limit after")))
                .isEqualTo(new CacheableRead(
                        "programme",
                        Kind.JSON,
                        List.of("limit", "after"),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(5)));
    }

    @Test
    void arguments_may_be_named() {
        FilterDefinition filter = new FilterDefinition();
        filter.setName("Cache");
        filter.setArgs(new LinkedHashMap<>(Map.of("fresh", "2s", "stale", "2s", "kind", "page")));
        assertThat(declared(filter))
                .isEqualTo(new CacheableRead(
                        "programme", Kind.PAGE, List.of(), Duration.ofSeconds(2), Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache=json | argument fresh of Cache is missing",
                "Cache=json, 1s | argument stale of Cache is missing",
                "Cache=json, 1s, 6m | of Cache, fresh is not from 0 to stale, or stale is above 5 minutes"
            })
    void missing_or_too_long_argument_is_one_sentence(String filter, String why) {
        assertThatThrownBy(() -> declared(new FilterDefinition(filter)))
                .isInstanceOf(CannotStart.class)
                .hasMessage(why);
    }

    @ParameterizedTest
    @CsvSource({"'Cache=picture, 1s, 1s'", "'Cache=json, soon, 1s'"})
    void what_cannot_be_understood_is_refused(String filter) {
        assertThatThrownBy(() -> declared(new FilterDefinition(filter))).isInstanceOf(BindException.class);
    }
}
