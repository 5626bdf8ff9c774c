package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** A seat that nobody pays for is free again. */
@ExtendWith(SystemFixture.class)
class HoldEndsIT {

    private static final int HOLD_SECONDS = 6;
    /** The hold, 5 s that are promised after it, and the time that a loaded machine takes to ask and answer. */
    private static final Duration LIMIT = Duration.ofSeconds(HOLD_SECONDS + 5 + 5);

    private final ApiClient api;

    HoldEndsIT(Running running) {
        api = running.api();
    }

    @Test
    void the_last_seat_goes_to_another_when_its_hold_has_run_out() {
        String slug = ApiClient.newSlug("hold");
        api.putOnSale(slug, 1, "\"holdSeconds\": " + HOLD_SECONDS, 1000);
        Registered slow = api.register(slug, "guest", ApiClient.newAddress("slow"));
        slow.answer().assertThatText("/holdExpiresAt").isNotEmpty();
        String other = ApiClient.newAddress("other");
        api.attempt(slug, ApiClient.body("guest", other), ApiClient.newKey()).isProblem(409, "sold-out");

        api.awaitStatus(slow, "expired", LIMIT);

        api.send("POST", "/api/payments/" + slow.id() + "/checkout", null, slow.bearer())
                .isProblem(409, "not-payable");
        await().atMost(LIMIT)
                .until(() -> api.attempt(slug, ApiClient.body("guest", other), ApiClient.newKey())
                                .status()
                        == 201);
        assertThat(api.registration(slow).json().at("/holdExpiresAt").isNull()).isTrue();
    }
}
