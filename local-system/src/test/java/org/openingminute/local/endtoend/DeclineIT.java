package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** Proves, on the running system, that a declined card costs nothing and that a second attempt succeeds. */
@ExtendWith(SystemFixture.class)
class DeclineIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final ApiClient api;

    DeclineIT(Running running) {
        api = running.api();
    }

    @Test
    void a_second_card_is_charged_once_after_a_decline() {
        Registered person = api.register("mlsys-2026", "academic", ApiClient.newAddress("declined"));
        String checkoutUrl = api.checkout(person);

        api.enterCard(checkoutUrl, ApiClient.DECLINED_CARD)
                .has(200)
                .assertThatText("/outcome")
                .isEqualTo("declined");

        await().atMost(SOON)
                .untilAsserted(() -> api.get("/api/payments/" + person.id(), person.bearer())
                        .has(200)
                        .assertThatText("/status")
                        .isEqualTo("failed"));
        api.registration(person).has(200).assertThatText("/status").isEqualTo("pending-payment");

        api.enterCard(checkoutUrl, ApiClient.CARD)
                .has(200)
                .assertThatText("/outcome")
                .isEqualTo("captured");

        api.awaitStatus(person, "confirmed", SOON);
        assertThat(api.get("/api/registrations/" + person.id() + "/timeline", person.bearer())
                        .has(200)
                        .text())
                .containsOnlyOnce("The card was declined.");
        List<JsonNode> charges = sandboxPaymentsOf(person);
        assertThat(charges).hasSize(1);
        assertThat(charges.getFirst().at("/captured/amount").asInt()).isEqualTo(65_000);
        assertThat(charges.getFirst().at("/refunded/amount").asInt()).isZero();
    }

    @Test
    void invalid_cards_fail_and_a_paid_session_charges_once() {
        Registered person = api.register("mlsys-2026", "academic", ApiClient.newAddress("typo"));
        String checkoutUrl = api.checkout(person);

        api.enterCard(checkoutUrl, "1234567812345678").isProblem(422, "invalid");
        api.enterCard(checkoutUrl, ApiClient.CARD)
                .has(200)
                .assertThatText("/outcome")
                .isEqualTo("captured");
        api.awaitStatus(person, "confirmed", SOON);

        api.enterCard(checkoutUrl, ApiClient.CARD); // Simulates a double click; the sandbox may answer it as it likes.
        api.send("POST", "/api/payments/" + person.id() + "/checkout", null, person.bearer())
                .isProblem(409, "not-payable");
        List<JsonNode> charges = sandboxPaymentsOf(person);
        assertThat(charges).hasSize(1);
        assertThat(charges.getFirst().at("/captured/amount").asInt()).isEqualTo(65_000);
    }

    /** The payments that the sandbox lists for a registration. */
    private List<JsonNode> sandboxPaymentsOf(Registered person) {
        List<JsonNode> found = new ArrayList<>();
        String after = "";
        do {
            JsonNode page =
                    api.get("/sandbox/payments?limit=200" + after).has(200).json();
            for (JsonNode item : page.at("/items")) {
                if (item.at("/registration").asString().equals(person.id())
                        && item.at("/captured/amount").asInt() > 0) {
                    found.add(item);
                }
            }
            after = page.at("/next").isNull()
                    ? ""
                    : "&after=" + page.at("/next").asString();
        } while (!after.isEmpty());
        return found;
    }
}
