package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves what nginx itself does in front of the real gateways of a Compose project. */
@ExtendWith(SystemFixture.class)
@EnabledIfSystemProperty(named = "system.project", matches = ".+", disabledReason = "runs by deploy/compose/try")
@Timeout(300)
class EntranceIT {

    private static final int GUESSES = 60;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Containers containers = new Containers();
    private final ApiClient api;

    EntranceIT(Running running) {
        api = running.api();
    }

    @Test
    void trace_headers_of_clients_are_ignored() {
        String strange = "0af7651916cd43dd8448eb211c80319c";
        String request = ApiClient.newKey();

        api.get(
                        "/api/conferences",
                        Map.of("traceparent", "00-" + strange + "-b7ad6b7169203331-01", "X-Request-Id", request))
                .has(200);

        await().atMost(SOON).until(() -> !linesAbout(request).isEmpty());
        assertThat(linesAbout(request))
                .allSatisfy(line -> assertThat(line).contains("\"traceId\"").doesNotContain(strange));
    }

    @Test
    void the_entrance_asks_for_a_retry_while_no_gateway_answers() {
        List<String> gateways = containers.of("gateway");
        try {
            gateways.parallelStream().forEach(containers::stop);
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
                Answer answer = api.send(method, "/api/conferences", method.equals("GET") ? null : "{}", Map.of())
                        .isProblem(503, "unavailable");
                assertThat(answer.headers().firstValue("Retry-After"))
                        .as(method)
                        .contains("1");
            }
            Answer page = api.get("/", Map.of("Accept", "text/html,*/*;q=0.8")).has(503);
            assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
            assertThat(page.text()).contains("<h1>Temporarily unavailable</h1>");
        } finally {
            gateways.parallelStream().forEach(containers::start);
            gateways.forEach(containers::awaitHealthy);
        }
        await().atMost(SOON).until(() -> api.get("/api/conferences").status() == 200);
    }

    /** Sign-in attempts are limited by the address of the client, not of the proxy. */
    @Test
    void clients_behind_a_proxy_that_is_trusted_are_told_apart() {
        assertThat(signIns(client -> "203.0.113." + client)).hasSize(GUESSES).containsOnly(401);
        assertThat(signIns(_ -> "203.0.113.200")).contains(429);
        // The client can forge the addresses that precede the last one.
        assertThat(signIns(client -> "198.51.100." + client + ", 203.0.113.201"))
                .contains(429);
    }

    /** Sends wrong passwords, all at once. Returns the statuses. */
    private List<Integer> signIns(IntFunction<String> forwardedFor) {
        String account = ApiClient.newKey();
        List<Integer> answers = new CopyOnWriteArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 1; i <= GUESSES; i++) {
                Map<String, String> from = Map.of("X-Forwarded-For", forwardedFor.apply(i));
                clients.submit(() -> answers.add(api.post(
                                "/api/session",
                                "{\"username\": \"%s\", \"password\": \"guessed\"}".formatted(account),
                                from)
                        .status()));
            }
        }
        return answers;
    }

    private List<String> linesAbout(String request) {
        return containers.of("gateway").stream()
                .flatMap(gateway -> containers.log(gateway).lines())
                .filter(line -> line.contains(request))
                .toList();
    }
}
