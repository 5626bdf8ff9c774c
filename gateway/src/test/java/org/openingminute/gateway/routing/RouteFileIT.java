package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.routing.Bulkheads.Work;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Proves that a running gateway uses the routes in an operator's file. */
@GatewayTest
@TestPropertySource(properties = "spring.config.additional-location=file:src/test/resources/operator.yml")
class RouteFileIT {

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private Bulkheads bulkheads;

    @Test
    void a_route_of_the_file_goes_where_it_says() {
        HttpResponse<String> response = gateway.get("/programme");
        assertThat(response.statusCode()).isEqualTo(302);
        assertThat(response.headers().firstValue("Location")).contains("https://conference.example.org/programme");
    }

    @Test
    void a_new_route_comes_before_the_gateways_own() {
        assertThat(gateway.get("/api/payments/webhooks/posters").statusCode()).isEqualTo(200);
        assertThat(gateway.notification.received()).hasSize(1);
        assertThat(gateway.get("/api/payments/webhooks/sandbox").statusCode()).isEqualTo(200);
        assertThat(gateway.payment.received()).hasSize(1);
    }

    @Test
    void a_route_of_the_same_id_takes_its_place() {
        assertThat(gateway.get("/mailbox").statusCode()).isEqualTo(200);
        assertThat(gateway.notification.received()).hasSize(1);
        assertThat(gateway.get("/nothing").statusCode()).isEqualTo(200);
        assertThat(gateway.registration.received()).hasSize(1);
    }

    @Test
    void a_disabled_route_is_none() {
        assertThat(gateway.post("/sandbox", "{}").statusCode()).isEqualTo(200);
        assertThat(gateway.payment.received()).isEmpty();
        assertThat(gateway.registration.received()).hasSize(1);
    }

    @Test
    void reads_are_kept_where_the_file_says_so() {
        StubService.Behaviour publicly = exchange -> {
            exchange.getResponseHeaders().set("Cache-Control", "max-age=60, public");
            StubService.send(exchange, 200, "text/plain", "the same for everyone");
        };
        gateway.notification.on("/leaflet", publicly);
        gateway.registration.on("/assets/page.css", publicly);
        for (String reader : List.of("first", "second")) {
            assertThat(gateway.get("/leaflet").statusCode()).as(reader).isEqualTo(200);
            assertThat(gateway.get("/assets/page.css").statusCode()).as(reader).isEqualTo(200);
        }
        assertThat(gateway.notification.received()).hasSize(1);
        assertThat(gateway.registration.received()).hasSize(2);
    }

    @Test
    void a_limit_of_the_file_holds() {
        assertThat(bulkheads.of(Service.PAYMENT, Work.STREAMS).free()).isEqualTo(7);
        assertThat(bulkheads.of(Service.PAYMENT, Work.READS).free()).isEqualTo(512);
        assertThat(gateway.post("/api/conferences/a/quotes", "x".repeat(1_025)).statusCode())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/internal", "/internal/status", "/%69nternal/status", "/actuator/health", "/%61ctuator"})
    void inside_of_a_service_is_not_reached_by_a_route_to_everything(String path) {
        assertThat(gateway.get(path).statusCode()).isEqualTo(404);
        assertThat(gateway.registration.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/stripped/internal/status",
                "/stripped/%69nternal/status",
                "/stripped/actuator/prometheus",
                "/stripped/internal/ops/dead-letters/a",
                "/prefixed/status",
                "/set/internal/status",
                "/rewritten/internal/status"
            })
    void inside_of_a_service_is_not_reached_by_a_path_that_filters_make(String path) {
        assertThat(gateway.get(path).statusCode()).isEqualTo(404);
        assertThat(gateway.payment.received()).isEmpty();
        assertThat(gateway.registration.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stripped/api/offers", "/set/api/offers"})
    void a_service_sees_the_path_that_filters_make(String path) {
        assertThat(gateway.get(path).statusCode()).isEqualTo(200);
        assertThat(gateway.payment.received())
                .singleElement()
                .satisfies(received -> assertThat(received.uri()).isEqualTo("/api/offers"));
    }
}
