package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;

import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.ServiceFixture.Alone;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** More requests for seats than are finished, because another transaction holds the lock of the sale. */
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
    void requests_wait_without_threads_and_the_next_is_shed() {
        String slug = service.putConference(1_000, 600);
        service.register(slug, "free").expect(201);
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        try (var clientThreads = Executors.newFixedThreadPool(2);
                HttpClient client = HttpClient.newBuilder()
                        .executor(clientThreads)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            transaction.executeWithoutResult(_ -> {
                jdbc.sql("select 1 from inventory where conference = ? for update")
                        .param(slug)
                        .query()
                        .singleRow();
                int threads = ManagementFactory.getThreadMXBean().getThreadCount();
                for (int i = 0; i < LIMIT; i++) {
                    waiting.add(client.sendAsync(registration(slug), HttpResponse.BodyHandlers.ofString()));
                }
                await().atMost(SOON).until(() -> queued() >= LIMIT - 256);
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(requestThreads()).isZero());
                assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threads)
                        .isLessThan(16);
                await().atMost(SOON)
                        .untilAsserted(() -> service.register(slug, "free").expectProblem(503, "unavailable"));
                service.get("/internal/status", StaffIssuer.staffToken("operator"))
                        .expect(200);
                service.send("GET", "/actuator/health/liveness", null, null, null)
                        .expect(200);
            });
            List<Integer> statuses =
                    waiting.stream().map(answer -> answer.join().statusCode()).toList();
            assertThat(statuses).hasSize(LIMIT).containsOnly(201);
        }
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(LIMIT + 1);
        assertThat(meters.get("http.server.requests")
                        .tags("uri", "/api/conferences/{slug}/registrations", "status", "201")
                        .timer()
                        .count())
                .isEqualTo(LIMIT + 1);
        assertThat(meters.get("admission.refusals")
                        .tags("by", "shed", "reason", "unavailable")
                        .counter()
                        .count())
                .isPositive();
    }

    private double queued() {
        return meters.get("admission.queue.depth").gauge().value();
    }

    /** Threads of the connector that are at work. */
    private static long requestThreads() {
        return Stream.of(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().startsWith("connector-"))
                .filter(thread -> thread.getThreadState() == Thread.State.RUNNABLE)
                .count();
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
