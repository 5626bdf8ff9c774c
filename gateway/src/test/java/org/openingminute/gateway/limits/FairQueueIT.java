package org.openingminute.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;

@GatewayTest(surroundings = FairQueueIT.LongWaits.class)
class FairQueueIT {

    private static final String QUOTES = "/api/conferences/a/quotes";

    @Autowired
    private ServiceFixture gateway;

    /** A token is a while apart from the next, so that both calls are there before it. */
    static final class LongWaits extends ServiceFixture.Surroundings {

        LongWaits() {
            super(
                    "LIMITS=on",
                    "TRUSTED_PROXIES=127.0.0.1",
                    "gateway.limits.address=20/m, 2 at once",
                    "gateway.limits.patience=60s");
        }
    }

    @Test
    void of_two_calls_of_a_connection_one_waits_and_reaches_the_service_and_one_is_refused() {
        String client = "198.51.100.1:1000";
        IntStream.range(0, 2)
                .forEach(_ -> assertThat(quote(client).join().statusCode()).isEqualTo(200));

        CompletableFuture<HttpResponse<String>> one = quote(client);
        CompletableFuture<HttpResponse<String>> other = quote(client);

        assertThat(List.of(one.join().statusCode(), other.join().statusCode())).containsExactlyInAnyOrder(200, 429);
        assertThat(gateway.registration.received())
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.body()).hasSize(2));
        assertThat(gateway.send(gateway.managementUri("/actuator/prometheus"), request -> {})
                        .body())
                .contains("gateway_limit_calls_total{limit=\"address\",outcome=\"waited\"} 1.0")
                .contains("gateway_limit_calls_total{limit=\"address\",outcome=\"refused\"} 1.0");
    }

    private CompletableFuture<HttpResponse<String>> quote(String client) {
        return gateway.client()
                .sendAsync(
                        HttpRequest.newBuilder(gateway.uri(QUOTES))
                                .header("X-Forwarded-For", client)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
