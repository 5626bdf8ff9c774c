package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.routing.Bulkheads.Work;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.cloud.gateway.route.RouteDefinition;

class UpstreamTest {

    private final Map<String, Object> metadata = new HashMap<>(Map.of("budget", "2s"));
    private final RouteDefinition route = new RouteDefinition();

    UpstreamTest() {
        route.setUri(URI.create("lb://payment-service"));
        route.setMetadata(metadata);
    }

    @Test
    void a_route_names_service_and_budget() {
        assertThat(Upstream.of(route))
                .isEqualTo(new Upstream(Service.PAYMENT, Duration.ofSeconds(2), Optional.empty()));
        metadata.put("work", "streams");
        assertThat(Upstream.of(route).work()).contains(Work.STREAMS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lb://payments", "http://payment-service", "lb:payment-service"})
    void a_uri_that_names_no_service_is_refused(String uri) {
        route.setUri(URI.create(uri));
        assertRefused("uri is not lb:// and the name of a service");
    }

    @Test
    void a_budget_is_needed_and_is_a_duration() {
        metadata.put("budget", "soon");
        assertRefused("metadata.budget is not a duration");
        metadata.remove("budget");
        assertRefused("metadata.budget is missing");
    }

    @Test
    void a_kind_of_work_that_is_none_is_refused() {
        metadata.put("work", "bookings");
        assertRefused("metadata.work is not one of registrations, writes, reads, streams");
    }

    @Test
    void unknown_metadata_are_refused() {
        metadata.put("budgt", "3s");
        assertRefused("metadata.budgt is unknown");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> Upstream.of(route))
                .isInstanceOf(CannotStart.class)
                .hasMessage(why);
    }
}
