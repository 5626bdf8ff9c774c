package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Standstills;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, on the running system, that a seat whose hold ends unpaid is available again. */
@ExtendWith(SystemFixture.class)
@Tag("measured")
class HoldEndsIT {

    private static final int HOLD_SECONDS = 6;
    /** The time is doubled in containers, because other tests load the machine. */
    private static final Duration PROMISED =
            Duration.ofSeconds(System.getProperty("system.url", "").isEmpty() ? 5 : 10);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ApiClient api;

    HoldEndsIT(Running running) {
        api = running.api();
    }

    @Test
    void the_last_seat_goes_to_another_when_its_hold_has_run_out() {
        Standstills.watch();
        // Waits until no hold is delayed by something that an earlier test has stopped.
        String before = ApiClient.newSlug("hold-before");
        api.putOnSale(before, 1, "\"holdSeconds\": 1", 1000);
        api.awaitStatus(api.register(before, "guest", ApiClient.newAddress("before")), "expired", LIMIT);

        String slug = ApiClient.newSlug("hold");
        api.putOnSale(slug, 1, "\"holdSeconds\": " + HOLD_SECONDS, 1000);
        Registered slow = api.register(slug, "guest", ApiClient.newAddress("slow"));
        Instant end = Instant.parse(slow.answer().at("/holdExpiresAt"));
        String other = ApiClient.newAddress("other");
        api.attempt(slug, ApiClient.body("guest", other), ApiClient.newKey()).isProblem(409, "sold-out");

        await().atMost(LIMIT)
                .until(() -> api.attempt(slug, ApiClient.body("guest", other), ApiClient.newKey())
                                .status()
                        == 201);
        Instant sold = Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now"));
        long ended = System.nanoTime() - Duration.between(end, sold).toNanos();
        Duration late = Standstills.timeSince(ended);
        System.out.printf("hold ends: the seat was sold again %d ms after its end%n", late.toMillis());

        assertThat(sold).isAfterOrEqualTo(end);
        assertThat(late).isLessThanOrEqualTo(PROMISED);
        api.awaitStatus(slow, "expired", LIMIT);
        api.send("POST", "/api/payments/" + slow.id() + "/checkout", null, slow.bearer())
                .isProblem(409, "not-payable");
        assertThat(api.registration(slow).json().at("/holdExpiresAt").isNull()).isTrue();
    }
}
