package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.endtoend.Door.Registered;
import org.openingminute.local.endtoend.WholeSystem.Running;
import tools.jackson.databind.JsonNode;

/** Where nothing is to pay, nobody is asked to. */
@ExtendWith(WholeSystem.class)
class ZeroPriceIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Door door;

    ZeroPriceIT(Running running) {
        door = running.door();
    }

    @Test
    void a_total_of_zero_is_confirmed_at_once() {
        String slug = Door.newSlug("free");
        String email = Door.newAddress("guest");
        door.putOnSale(slug, 10, "\"holdMinutes\": 15", 0);

        Registered guest = door.register(slug, "guest", email);

        guest.answer().assertThatText("/status").isEqualTo("confirmed");
        assertThat(guest.answer().json().at("/total/amount").asInt()).isZero();
        assertThat(guest.answer().json().at("/holdExpiresAt").isNull()).isTrue();
        await().atMost(SOON).untilAsserted(() -> {
            Answer payment = door.get("/api/payments/" + guest.id(), guest.bearer());
            payment.has(200).assertThatText("/status").isEqualTo("captured");
            assertThat(payment.json().at("/due/amount").asInt()).isZero();
        });
        door.send("POST", "/api/payments/" + guest.id() + "/checkout", null, guest.bearer())
                .isProblem(409, "not-payable");
        await().atMost(SOON).until(() -> door.mailsTo(email).size() == 1);
        JsonNode statistics = door.get("/api/admin/conferences/" + slug + "/statistics", door.signIn("organiser"))
                .has(200)
                .json();
        assertThat(statistics.at("/confirmed").asInt()).isEqualTo(1);
        assertThat(statistics.at("/free").asInt()).isEqualTo(9);
    }
}
