package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.StubService;
import org.openingminute.gateway.routing.Bulkheads.Work;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Proves, on a running gateway with stub services, that the bounds on calls in progress refuse further calls at once, and free their
 * places.
 */
@GatewayTest(surroundings = BulkheadsIT.OneAtATime.class)
class BulkheadsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String REGISTRATIONS = "/api/conferences/a/registrations";

    /** Allows one call of each kind. */
    static final class OneAtATime extends ServiceFixture.Surroundings {

        OneAtATime() {
            super(
                    "gateway.bulkheads.registrations=1",
                    "gateway.bulkheads.writes=1",
                    "gateway.bulkheads.reads=1",
                    "gateway.bulkheads.streams=1",
                    // A slow sender would be refused after five seconds.
                    "gateway.bodies.head-start=60s");
        }
    }

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private Bulkheads bulkheads;

    @Autowired
    private Breakers breakers;

    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void all_are_free_again() {
        released.countDown();
        for (Work work : Work.values()) {
            awaitFree(work);
        }
    }

    @Test
    void a_call_above_the_bound_is_refused_at_once_and_others_go_on() throws Exception {
        CompletableFuture<HttpResponse<String>> first = hold("GET", "/api/registrations/9");

        HttpResponse<String> refused = gateway.get("/api/registrations/8");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(ServiceFixture.json(refused).get("code").stringValue()).isEqualTo("unavailable");
        assertThat(ServiceFixture.json(refused).get("detail").stringValue())
                .as("a read has no key")
                .isEqualTo("Too many requests are in progress right now. Please try again.");
        assertThat(refused.headers().firstValue("Retry-After")).get().asString().matches("[123]");
        assertThat(gateway.registration.received())
                .as("the second call did not reach it")
                .hasSize(1);
        assertThat(gateway.send("/api/registrations/8", HttpRequest.Builder::HEAD)
                        .statusCode())
                .isEqualTo(503);

        assertThat(gateway.post("/api/registrations/1", "{}").statusCode()).isEqualTo(200);
        assertThat(gateway.post(REGISTRATIONS, "{}").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/api/registrations/1/stream").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/api/payments/1").statusCode())
                .as("another service")
                .isEqualTo(200);

        released.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        awaitFree(Work.READS);
        assertThat(gateway.get("/api/registrations/8").statusCode()).isEqualTo(200);
        assertThat(breakers.stateOf(Service.REGISTRATION)).isEqualTo("closed");
    }

    @Test
    void registrations_and_other_writes_have_bounds_of_their_own() throws Exception {
        var _ = hold("POST", REGISTRATIONS);
        assertThat(gateway.post("/conferences/a/register", "").statusCode())
                .as("the form")
                .isEqualTo(503);
        assertThat(gateway.get("/api/conferences/b/registrations").statusCode()).isEqualTo(200);
        assertThat(gateway.post("/api/registrations/1", "{}").statusCode()).isEqualTo(200);

        awaitFree(Work.WRITES);
        var _ = hold("DELETE", "/api/registrations/2");
        assertThat(gateway.post("/api/registrations/1", "{}").statusCode()).isEqualTo(503);
    }

    @Test
    void a_stream_counts_until_its_client_leaves() throws Exception {
        gateway.registration.on("/api/registrations/1/stream", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("event: status\n\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            hold();
        });
        try (Socket client = new Socket("127.0.0.1", gateway.uri("/").getPort())) {
            client.getOutputStream()
                    .write("GET /api/registrations/1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream answer = client.getInputStream();
            assertThat(answer.read()).isEqualTo('H');
            assertThat(gateway.get("/api/registrations/2/stream").statusCode()).isEqualTo(503);
        }
        awaitFree(Work.STREAMS);
        assertThat(gateway.get("/api/registrations/2/stream").statusCode()).isEqualTo(200);
    }

    @Test
    void a_sender_that_is_slow_keeps_no_place_from_others() throws IOException {
        try (Socket slow = new Socket("127.0.0.1", gateway.uri("/").getPort())) {
            slow.getOutputStream()
                    .write("POST /api/registrations/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{"
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(PATIENCE)
                    .until(() -> bulkheads.of(Service.REGISTRATION, Work.WRITES).free() == 0);
            await().atMost(PATIENCE)
                    .until(() -> gateway.post("/api/registrations/2", "{}").statusCode() == 200);

            slow.getOutputStream().write('}');
            assertThat(slow.getInputStream().readNBytes(12))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("HTTP/1.1 200");
        }
        awaitFree(Work.WRITES);
    }

    @Test
    void an_outage_frees_its_place_once() {
        gateway.registration.on("/api/registrations/9", HttpExchange::close);
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.get("/api/registrations/9").statusCode()).isEqualTo(503);
            awaitFree(Work.READS);
        }
        gateway.registration.on("/api/registrations/1", HttpExchange::close);
        assertThat(gateway.post("/api/registrations/1", "{}").statusCode()).isEqualTo(503);
    }

    /** Starts a call that lasts until it is released. */
    private CompletableFuture<HttpResponse<String>> hold(String method, String path) {
        gateway.registration.on(path, exchange -> {
            hold();
            StubService.send(exchange, 200, "text/plain", "ok");
        });
        int before = gateway.registration.received().size();
        CompletableFuture<HttpResponse<String>> call = gateway.client()
                .sendAsync(
                        HttpRequest.newBuilder(gateway.uri(path))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
        await().atMost(PATIENCE).until(() -> gateway.registration.received().size() > before);
        return call;
    }

    private void hold() throws IOException {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void awaitFree(Work work) {
        await().atMost(PATIENCE)
                .until(() -> bulkheads.of(Service.REGISTRATION, work).free() == 1);
    }
}
