package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** Proves, on the running system, how payment-service behaves while the card provider is away for so long that its breaker opens. */
@ExtendWith(SystemFixture.class)
@Timeout(300)
@Tag("faults")
@Tag("measured")
class BreakerIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration AT_ONCE = Duration.ofMillis(100);
    private static final int PEOPLE = 12;
    private static final int CHECKOUTS = 500;
    /** The time for which the breaker stays open before calls probe the provider; a call may take longer. */
    private static final Duration OPEN = Duration.ofSeconds(5);

    private static final int PROBES = 3;

    private final ApiClient api;

    BreakerIT(Running running) {
        this.api = running.api();
    }

    @AfterEach
    void no_more_troubles() {
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> api.put("/sandbox/faults", "{}", Map.of()).status() == 200);
    }

    @Test
    void an_outage_answers_checkouts_at_once_and_all_can_pay_later() {
        String slug = ApiClient.newSlug("breaker");
        api.putOnSale(slug, 1_000, "\"holdMinutes\": 60", 1_000);
        List<Registered> people = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            people.add(api.register(slug, "guest", ApiClient.newAddress("breaker." + i)));
            await().atMost(SOON)
                    .untilAsserted(() -> api.send(
                                    "GET",
                                    "/api/payments/" + people.getLast().id(),
                                    null,
                                    people.getLast().bearer())
                            .has(200));
        }
        api.put("/sandbox/faults", "{\"errorRate\": 1}", Map.of()).has(200);
        await().atMost(SOON).until(() -> {
            checkout(people.getFirst()).isProblem(503, "unavailable");
            return isOpen();
        });

        List<Duration> answers = new ArrayList<>();
        long start = System.nanoTime();
        while (answers.size() < CHECKOUTS) {
            Registered person = people.get(answers.size() % PEOPLE);
            long begin = System.nanoTime();
            Answer answer = checkout(person);
            answers.add(Duration.ofNanos(System.nanoTime() - begin));
            answer.isProblem(503, "unavailable");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        int probes = PROBES * (1 + (int) elapsed.dividedBy(OPEN));
        Registered meanwhile = api.register(slug, "guest", ApiClient.newAddress("breaker.meanwhile"));
        people.add(meanwhile);
        answers.sort(null);
        List<Duration> whileOpen = answers.subList(0, CHECKOUTS - probes);
        Duration p99 = whileOpen.get(whileOpen.size() * 99 / 100 - 1);
        System.out.printf(
                "breaker open: %d checkouts answered unavailable, median %d ms, p99 without the %d slowest %d ms, longest %d ms%n",
                CHECKOUTS,
                answers.get(CHECKOUTS / 2).toMillis(),
                probes,
                p99.toMillis(),
                answers.getLast().toMillis());
        assertThat(p99).isLessThan(AT_ONCE);

        api.put("/sandbox/faults", "{}", Map.of()).has(200);
        people.forEach(api::pay);
        people.forEach(person -> api.awaitStatus(person, "confirmed", SOON));
    }

    private Answer checkout(Registered person) {
        return api.send("POST", "/api/payments/" + person.id() + "/checkout", null, person.bearer());
    }

    private boolean isOpen() {
        JsonNode status =
                api.get("/api/ops/status", api.signIn("operator")).has(200).json();
        return StreamSupport.stream(status.path("services").spliterator(), false)
                .flatMap(
                        service -> StreamSupport.stream(service.path("breakers").spliterator(), false))
                .anyMatch(breaker -> breaker.path("name").asString().equals("sandbox-open")
                        && breaker.path("state").asString().equals("open"));
    }
}
