package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.ServiceFixture.Alone;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Proves that excess requests are shed while another transaction holds the lock of the sale, on the running service with its database. */
@RegistrationServiceTest
@Import(Alone.class)
class OverloadIT {

    private static final int LIMIT = 512;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private MeterRegistry meters;

    @Test
    void seats_are_shed_at_the_limit_and_what_needs_none_is_answered() {
        String slug = service.putConference(1_000, 600);
        String soldOut = service.putConference(1, 600);
        service.register(soldOut, "free").expect(201);
        service.register(soldOut, "free").expectProblem(409, "sold-out");
        String key = newKey();
        JsonNode first = register(slug, key).expect(201).body();
        double shedBefore = shed();
        double queuedBefore = queued();
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            transaction.executeWithoutResult(_ -> {
                ServiceFixture.lockSale(jdbc, slug);
                for (int i = 0; i < LIMIT; i++) {
                    waiting.add(client.sendAsync(registration(slug), HttpResponse.BodyHandlers.ofString()));
                }
                await().atMost(SOON).until(() -> queued() - queuedBefore == LIMIT);

                service.register(slug, "free").expectProblem(503, "unavailable");
                assertThat(shed() - shedBefore).isEqualTo(1);
                assertThat(register(slug, key).expect(201).body()).isEqualTo(first);
                // From the cache, which refuses nobody if a busy machine takes 200 ms for its poll.
                await().atMost(SOON)
                        .pollDelay(Duration.ZERO)
                        .until(() -> service.register(soldOut, "free"), reply -> reply.status() != 503)
                        .expectProblem(409, "sold-out");
                double shedSoFar = shed();
                service.get("/internal/status", StaffIssuer.staffToken("operator"))
                        .expect(200);
                service.send("GET", "/actuator/health/liveness", null, null, null)
                        .expect(200);
                assertThat(shed()).isEqualTo(shedSoFar);
            });
            assertThat(waiting).map(answer -> answer.join().statusCode()).containsOnly(201);
        }
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(LIMIT + 1);
        service.register(slug, "free").expect(201);
    }

    /** Returns the commands that wait for a batch or were taken by any batch so far. */
    private double queued() {
        return meters.get("admission.queue.depth").gauge().value()
                + meters.get("admission.batch.size").summary().totalAmount();
    }

    private double shed() {
        return meters.get("admission.refusals")
                .tags("by", "shed", "reason", "unavailable")
                .counter()
                .count();
    }

    private ServiceFixture.Reply register(String slug, String key) {
        return service.post("/api/conferences/" + slug + "/registrations", null, key, ServiceFixture.body("free"));
    }

    private HttpRequest registration(String slug) {
        return HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + service.port() + "/api/conferences/" + slug + "/registrations"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", newKey())
                .POST(HttpRequest.BodyPublishers.ofString(ServiceFixture.body("free")))
                .build();
    }
}
