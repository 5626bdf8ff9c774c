package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                .as("before registration-service reported it")
                .isFalse();

        clock.set(NOW.plus(Duration.ofSeconds(3_719)));
        assertThat(passed(GatewaySettings.Mode.REHEARSAL, clock).getAll(BusinessTime.HEADER))
                .containsExactly("2026-03-01T13:01:59Z");
    }

    @Test
    void services_of_a_deployment_are_told_no_other_time() {
        RehearsalClock clock = clock(GatewaySettings.Mode.DEPLOYED);
        clock.set(NOW);
        assertThat(passed(GatewaySettings.Mode.DEPLOYED, clock).contains(BusinessTime.HEADER))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/desk, true",
        "/desk/mlsys-2026, true",
        "/check-in/mlsys-2026/counts, true",
        "/desks, false",
        "/register, false"
    })
    void services_compress_pages_for_staff_alone(String path, boolean compressed) {
        HttpHeaders ofClient = new DefaultHttpHeaders().add("Accept-Encoding", "gzip, br");
        assertThat(passed(GatewaySettings.Mode.DEPLOYED, clock(GatewaySettings.Mode.DEPLOYED), path, ofClient)
                        .getAll("Accept-Encoding"))
                .isEqualTo(compressed ? List.of("gzip, br") : List.of());
    }

    @Test
    void services_do_not_compress_what_another_site_asks_for() {
        HttpHeaders ofClient =
                new DefaultHttpHeaders().add("Accept-Encoding", "gzip").add("Sec-Fetch-Site", "cross-site");
        assertThat(passed(GatewaySettings.Mode.DEPLOYED, clock(GatewaySettings.Mode.DEPLOYED), "/desk", ofClient)
                        .contains("Accept-Encoding"))
                .isFalse();
    }

    private static RehearsalClock clock(GatewaySettings.Mode mode) {
        return new RehearsalClock(TestSettings.of(mode), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static HttpHeaders passed(GatewaySettings.Mode mode, RehearsalClock clock) {
        return passed(mode, clock, "/", new DefaultHttpHeaders().add(BusinessTime.HEADER, "2030-01-01T00:00:00Z"));
    }

    private static HttpHeaders passed(
            GatewaySettings.Mode mode, RehearsalClock clock, String path, HttpHeaders ofClient) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get(path));
        exchange.getAttributes().put(EdgeFilter.class.getName() + ".requestId", "id-7");
        HttpHeaders call = new DefaultHttpHeaders();
        new PassedHeaders(TestSettings.of(mode), clock).toService(ofClient, exchange, call);
        return call;
    }
}
