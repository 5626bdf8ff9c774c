package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** Proves, on the running system, that nobody is asked to pay if the price is zero. */
@ExtendWith(SystemFixture.class)
class ZeroPriceIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final ApiClient api;

    ZeroPriceIT(Running running) {
        api = running.api();
    }

    @Test
    void a_total_of_zero_is_confirmed_at_once() {
        String slug = ApiClient.newSlug("free");
        String email = ApiClient.newAddress("guest");
        api.putOnSale(slug, 10, "\"holdMinutes\": 15", 0);

        Registered guest = api.register(slug, "guest", email);

        guest.answer().assertThatText("/status").isEqualTo("confirmed");
        assertThat(guest.answer().json().at("/total/amount").asInt()).isZero();
        assertThat(guest.answer().json().at("/holdExpiresAt").isNull()).isTrue();
        await().atMost(SOON).untilAsserted(() -> {
            Answer payment = api.get("/api/payments/" + guest.id(), guest.bearer());
            payment.has(200).assertThatText("/status").isEqualTo("captured");
            assertThat(payment.json().at("/due/amount").asInt()).isZero();
        });
        api.send("POST", "/api/payments/" + guest.id() + "/checkout", null, guest.bearer())
                .isProblem(409, "not-payable");
        await().atMost(SOON).until(() -> api.mailsTo(email).size() == 1);
        JsonNode statistics = api.get("/api/admin/conferences/" + slug + "/statistics", api.signIn("organiser"))
                .has(200)
                .json();
        assertThat(statistics.at("/confirmed").asInt()).isEqualTo(1);
        assertThat(statistics.at("/free").asInt()).isEqualTo(9);
    }
}
