package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** Proves, on the running system, that a limited number of seats is sold exactly once when many registrants want them. */
@ExtendWith(SystemFixture.class)
class SaleIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int SEATS = FULL ? 500 : 50;
    private static final int ATTEMPTS = FULL ? 2000 : 200;

    private final ApiClient api;

    SaleIT(Running running) {
        api = running.api();
    }

    @Test
    void all_seats_are_held_and_the_rest_get_sold_out() throws Exception {
        String slug = ApiClient.newSlug("sale");
        api.putOnSale(slug, SEATS, "\"holdMinutes\": 15", 1000);
        Map<String, Integer> outcomes = new TreeMap<>();
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> attempts = new ArrayList<>();
            for (int i = 0; i < ATTEMPTS; i++) {
                String body = ApiClient.body("guest", "person" + i + "@example.org");
                attempts.add(threads.submit(() -> {
                    start.await();
                    return decided(slug, body, ApiClient.newKey());
                }));
            }
            start.countDown();
            for (Future<Answer> attempt : attempts) {
                Answer answer = attempt.get();
                outcomes.merge(answer.status() + " " + answer.at("/code"), 1, Integer::sum);
            }
        }

        System.out.printf("sale: %,d attempts at once on %d seats: %s%n", ATTEMPTS, SEATS, outcomes);
        assertThat(outcomes).isEqualTo(Map.of("201 ", SEATS, "409 sold-out", ATTEMPTS - SEATS));
        JsonNode statistics = api.get("/api/admin/conferences/" + slug + "/statistics", api.signIn("organiser"))
                .has(200)
                .json();
        assertThat(statistics.at("/capacity").asInt()).isEqualTo(SEATS);
        assertThat(statistics.at("/held").asInt()).isEqualTo(SEATS);
        assertThat(statistics.at("/confirmed").asInt()).isZero();
        assertThat(statistics.at("/free").asInt()).isZero();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> api.get("/api/conferences/" + slug + "/availability")
                        .has(200)
                        .assertThatText("/state")
                        .isEqualTo("sold-out"));
    }

    /** Repeats the request with its key, as the contract says, while the gateway sheds load. */
    private Answer decided(String slug, String body, String key) throws InterruptedException {
        Answer answer = api.attempt(slug, body, key);
        while (answer.status() == 503) {
            long seconds = answer.headers().firstValueAsLong("Retry-After").orElseThrow();
            Thread.sleep(Duration.ofSeconds(seconds));
            answer = api.attempt(slug, body, key);
        }
        return answer;
    }
}
