package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.endtoend.Answer;
import org.openingminute.local.endtoend.Door;
import org.openingminute.local.endtoend.Door.Registered;
import org.openingminute.local.endtoend.WholeSystem;
import org.openingminute.local.endtoend.WholeSystem.Running;
import tools.jackson.databind.JsonNode;

/** The card provider is away for so long that nobody asks it any more. */
@ExtendWith(WholeSystem.class)
@Timeout(300)
class BreakerIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration AT_ONCE = Duration.ofMillis(100);
    private static final int PEOPLE = 12;

    private final Door door;

    BreakerIT(Running running) {
        this.door = running.door();
    }

    @AfterEach
    void no_more_troubles() {
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> door.put("/sandbox/faults", "{}", Map.of()).status() == 200);
    }

    @Test
    void while_it_is_away_a_checkout_says_so_at_once_registrations_go_on_and_then_all_can_pay() {
        String slug = Door.newSlug("breaker");
        door.putOnSale(slug, 1_000, "\"holdMinutes\": 60", 1_000);
        List<Registered> people = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            people.add(door.register(slug, "guest", Door.newAddress("breaker." + i)));
            door.send(
                            "GET",
                            "/api/payments/" + people.getLast().id(),
                            null,
                            people.getLast().bearer())
                    .has(200);
        }
        door.put("/sandbox/faults", "{\"errorRate\": 1}", Map.of()).has(200);
        await().atMost(SOON).until(() -> {
            checkout(people.getFirst()).isProblem(503, "unavailable");
            return isOpen();
        });

        List<Duration> answers = new ArrayList<>();
        while (answers.size() < PEOPLE) {
            // It lets a few through every five seconds, to see whether the provider is back: those take longer.
            await().atMost(SOON).until(this::isOpen);
            Registered person = people.get(answers.size());
            long begin = System.nanoTime();
            Answer answer = checkout(person);
            answers.add(Duration.ofNanos(System.nanoTime() - begin));
            answer.isProblem(503, "unavailable");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
        Registered meanwhile = door.register(slug, "guest", Door.newAddress("breaker.meanwhile"));
        people.add(meanwhile);
        answers.sort(null);
        System.out.printf(
                "breaker open: %d checkouts answered unavailable, median %d ms, longest %d ms%n",
                answers.size(),
                answers.get(answers.size() / 2).toMillis(),
                answers.getLast().toMillis());
        assertThat(answers.get(answers.size() / 2)).isLessThan(AT_ONCE);

        door.put("/sandbox/faults", "{}", Map.of()).has(200);
        people.forEach(door::pay);
        people.forEach(person -> door.awaitStatus(person, "confirmed", SOON));
    }

    private Answer checkout(Registered person) {
        return door.send("POST", "/api/payments/" + person.id() + "/checkout", null, person.bearer());
    }

    private boolean isOpen() {
        JsonNode status =
                door.get("/api/ops/status", door.signIn("operator")).has(200).json();
        return StreamSupport.stream(status.path("services").spliterator(), false)
                .flatMap(
                        service -> StreamSupport.stream(service.path("breakers").spliterator(), false))
                .anyMatch(breaker -> breaker.path("name").asString().equals("sandbox-open")
                        && breaker.path("state").asString().equals("open"));
    }
}
