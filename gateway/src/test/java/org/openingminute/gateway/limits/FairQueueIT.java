package org.openingminute.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves, on a running gateway with stub services, that calls over the limit of an address wait in its queue or are refused. */
@GatewayTest(surroundings = FairQueueIT.LongWaits.class)
class FairQueueIT {

    private static final String QUOTES = "/api/conferences/a/quotes";

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private MeterRegistry meters;

    /** Tokens are far apart, so that both calls arrive before the next token. */
    static final class LongWaits extends ServiceFixture.Surroundings {

        LongWaits() {
            super(
                    "LIMITS=on",
                    "TRUSTED_PROXIES=127.0.0.1",
                    "gateway.limits.address=5/m, 2 at once",
                    "gateway.limits.patience=60s");
        }
    }

    @Test
    void second_waiting_call_of_a_connection_is_refused() {
        double waited = calls("waited");
        double refused = calls("refused");
        String client = "198.51.100.1:1000";
        IntStream.range(0, 2)
                .forEach(_ -> assertThat(quote(client).join().statusCode()).isEqualTo(200));

        CompletableFuture<HttpResponse<String>> one = quote(client);
        CompletableFuture<HttpResponse<String>> other = quote(client);

        assertThat(List.of(one.join().statusCode(), other.join().statusCode())).containsExactlyInAnyOrder(200, 429);
        assertThat(gateway.registration.received())
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.body()).hasSize(2));
        assertThat(calls("waited")).isEqualTo(waited + 1);
        assertThat(calls("refused")).isEqualTo(refused + 1);
    }

    private double calls(String outcome) {
        return meters.get("gateway.limit.calls")
                .tags("limit", "address", "outcome", outcome)
                .counter()
                .count();
    }

    /** The cache is cold: the gateway has just started, or nobody has read the resource for minutes. */
    @Test
    void a_read_for_everyone_waits_in_no_line_but_that_of_its_reader() {
        gateway.registration.on("/api/conferences/cold", exchange -> {
            exchange.getResponseHeaders().set("Cache-Control", "max-age=60, public");
            StubService.send(exchange, 200, "application/json", "{}");
        });
        String loud = "198.51.100.2:";
        List<CompletableFuture<HttpResponse<String>>> line = IntStream.range(1000, 1006)
                .mapToObj(port -> quote(loud + port))
                .collect(Collectors.toCollection(ArrayList::new));
        await().until(() -> gateway.registration.received().size() >= 2);
        double asked = asked();
        line.add(read(loud + 2000));
        await().until(() -> asked() > asked);

        assertThat(read("198.51.100.3:1000").join().statusCode()).isEqualTo(200);
        assertThat(line.getLast()).isNotDone();
        line.forEach(call -> call.cancel(true));
    }

    /** The number of reads that were sent to a service or wait to be sent. */
    private double asked() {
        return meters.get("gateway.reads").tag("source", "service").counter().count();
    }

    private CompletableFuture<HttpResponse<String>> read(String client) {
        return gateway.client()
                .sendAsync(
                        HttpRequest.newBuilder(gateway.uri("/api/conferences/cold"))
                                .header("X-Forwarded-For", client)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
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
