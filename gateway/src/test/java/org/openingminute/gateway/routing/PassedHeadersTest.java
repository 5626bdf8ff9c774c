package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.edge.EdgeFilter;
import org.openingminute.gateway.problem.RehearsalClock;
import org.openingminute.ui.BusinessTime;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class PassedHeadersTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void services_of_a_rehearsal_are_told_its_time_and_by_no_client() {
        RehearsalClock clock = clock(GatewaySettings.Mode.REHEARSAL);
        assertThat(passed(GatewaySettings.Mode.REHEARSAL, clock).contains(BusinessTime.HEADER))
                .as("before registration-service told it")
                .isFalse();

        clock.set(NOW.plus(Duration.ofSeconds(3_719)));
        assertThat(passed(GatewaySettings.Mode.REHEARSAL, clock).getAll(BusinessTime.HEADER))
                .containsExactly("2026-03-01T13:01:00Z");
    }

    @Test
    void services_of_a_deployment_are_told_no_other_time() {
        RehearsalClock clock = clock(GatewaySettings.Mode.DEPLOYED);
        clock.set(NOW);
        assertThat(passed(GatewaySettings.Mode.DEPLOYED, clock).contains(BusinessTime.HEADER))
                .isFalse();
    }

    private static RehearsalClock clock(GatewaySettings.Mode mode) {
        return new RehearsalClock(TestSettings.of(mode), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static HttpHeaders passed(GatewaySettings.Mode mode, RehearsalClock clock) {
        HttpHeaders ofClient = new DefaultHttpHeaders().add(BusinessTime.HEADER, "2030-01-01T00:00:00Z");
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        exchange.getAttributes().put(EdgeFilter.class.getName() + ".requestId", "id-7");
        HttpHeaders call = new DefaultHttpHeaders();
        new PassedHeaders(TestSettings.of(mode), clock).toService(ofClient, exchange, call);
        return call;
    }
}
