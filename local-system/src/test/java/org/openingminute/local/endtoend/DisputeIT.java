package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.fixture.MoneyRecords.Moved;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Proves, on the running system, what happens when banks dispute two payments: one dispute is won and one is lost. */
@ExtendWith(SystemFixture.class)
@Timeout(120)
class DisputeIT {

    private static final String DISPUTED_CARD = "4000000000000259";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int DUE = 10_000;

    private final ApiClient api;
    private final MoneyRecords records;
    private final Map<String, String> organiser;

    DisputeIT(Running running) {
        api = running.api();
        organiser = api.signIn("organiser");
        records = new MoneyRecords(api, new SystemInside(running.system().settings()));
    }

    @Test
    void a_disputed_payment_freezes_tickets_until_won_and_ends_a_lost_seat() {
        String slug = ApiClient.newSlug("dispute");
        api.putOnSale(slug, 2, "\"holdMinutes\": 15, " + ApiClient.ALL_GOES_BACK, DUE);
        Registered winner = api.register(slug, "guest", ApiClient.newAddress("winner"));
        Registered loser = api.register(slug, "guest", ApiClient.newAddress("loser"));
        Map<Registered, String> sessions = new HashMap<>();
        for (Registered person : List.of(winner, loser)) {
            String checkout = api.checkout(person);
            sessions.put(person, checkout.substring(checkout.lastIndexOf('/') + 1));
            api.enterCard(checkout, DISPUTED_CARD)
                    .has(200)
                    .assertThatText("/outcome")
                    .isEqualTo("captured");
        }

        for (Registered person : List.of(winner, loser)) {
            api.awaitStatus(person, "confirmed", SOON);
            await().atMost(SOON)
                    .untilAsserted(() -> api.registration(person)
                            .assertThatText("/payment/status")
                            .isEqualTo("disputed"));
            Answer frozen = api.registration(person);
            frozen.assertThatText("/status").isEqualTo("confirmed");
            assertThat(frozen.json().at("/links/ticket").isNull()).isTrue();
            await().atMost(SOON).untilAsserted(() -> ticket(person).isProblem(409, "not-allowed-now"));
            api.get("/api/registrations/" + person.id() + "/cancellation", person.bearer())
                    .isProblem(409, "not-allowed-now");
            awaitMoved(person, new Moved(1, DUE, 0, DUE));
        }
        api.attempt(slug, ApiClient.body("guest", ApiClient.newAddress("rival")), ApiClient.newKey())
                .isProblem(409, "sold-out");

        JsonNode waiting = await().atMost(SOON)
                .until(() -> disputesOf(slug), disputes -> disputes.at("/count").asInt(0) == 2);
        // The sandbox sets the deadline by the machine's clock, two weeks ahead; organisers read business time.
        assertThat(Duration.between(
                        Instant.parse(waiting.at("/oldestAt").asString()),
                        Instant.parse(waiting.at("/dueAt").asString())))
                .isBetween(Duration.ofDays(13), Duration.ofDays(15));

        end(sessions.get(winner), true);
        end(sessions.get(loser), false);

        await().atMost(SOON)
                .untilAsserted(() ->
                        api.registration(winner).assertThatText("/links/ticket").isNotEmpty());
        api.registration(winner).assertThatText("/status").isEqualTo("confirmed");
        await().atMost(SOON).untilAsserted(() -> ticket(winner).has(200));
        awaitMoved(winner, new Moved(1, DUE, 0, 0));

        api.awaitStatus(loser, "cancelled", SOON);
        assertThat(api.registration(loser).json().at("/links/ticket").isNull()).isTrue();
        ticket(loser).isProblem(409, "not-allowed-now");
        String rival = ApiClient.newAddress("rival");
        await().atMost(SOON)
                .until(() -> api.attempt(slug, ApiClient.body("guest", rival), ApiClient.newKey())
                                .status()
                        == 201);
        // The bank has already returned the money, so nothing is refunded in addition.
        awaitMoved(loser, new Moved(1, DUE, 0, DUE));
    }

    /** The item for a conference's disputes in the organiser's list, once there are some. */
    private JsonNode disputesOf(String slug) {
        return api.get("/api/admin/conferences/" + slug + "/needs", organiser)
                .has(200)
                .json()
                .at("/items")
                .valueStream()
                .filter(need -> need.at("/kind").asString("").equals("dispute"))
                .findFirst()
                .orElseGet(MissingNode::getInstance);
    }

    private Answer ticket(Registered person) {
        return api.get(
                "/api/registrations/" + person.id() + "/attendees/"
                        + person.answer().at("/attendees/0/id") + "/ticket.pdf",
                person.bearer());
    }

    private void end(String session, boolean won) {
        api.post("/sandbox/payments/" + session + "/dispute-end", "{\"won\": " + won + "}", Map.of())
                .has(200);
    }

    /** Waits until the sandbox and the ledger agree on these amounts. */
    private void awaitMoved(Registered person, Moved expected) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(records.ofTheSandbox().get(person.id())).isEqualTo(expected);
            assertThat(records.ofTheLedger().get(person.id())).isEqualTo(expected);
        });
    }
}
