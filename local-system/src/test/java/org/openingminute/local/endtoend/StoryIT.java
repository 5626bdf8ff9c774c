package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** Proves the usual course of a registration through the gateway alone: conference, seat, card, confirmation, mail. */
@ExtendWith(SystemFixture.class)
class StoryIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final ApiClient api;

    StoryIT(Running running) {
        api = running.api();
    }

    @Test
    void the_system_opens_with_mlsys_2026_on_sale() {
        Answer conferences = api.get("/api/conferences").has(200);
        assertThat(conferences.json().at("/items").findValuesAsString("slug")).contains("mlsys-2026");

        Answer conference = api.get("/api/conferences/mlsys-2026").has(200);
        conference.assertThatText("/name").isEqualTo("MLSys 2026");
        conference.assertThatText("/sale/state").isEqualTo("open");
        assertThat(conference.json().at("/sample").asBoolean()).isTrue();

        Answer availability =
                api.get("/api/conferences/mlsys-2026/availability").has(200);
        availability.assertThatText("/state").isEqualTo("open");
        availability.assertThatText("/phase/code").isEqualTo("early");
    }

    @Test
    void a_quote_is_the_price_of_the_registration() {
        String attendees =
                "{\"attendees\": [{\"category\": \"academic\", \"addOns\": [{\"code\": \"tutorials\", \"quantity\": 1}]}]}";

        Answer quote = api.post("/api/conferences/mlsys-2026/quotes", attendees, Map.of())
                .has(200);

        assertThat(quote.json().at("/total/amount").asInt()).isEqualTo(65_000 + 15_000);
        quote.assertThatText("/total/currency").isEqualTo("USD");
        quote.assertThatText("/phase").isEqualTo("early");
    }

    @Test
    void a_payer_is_confirmed_and_gets_one_mail() {
        String email = ApiClient.newAddress("ada");
        String body = """
                {"contact": {"name": "Ada Lovelace", "email": "%1$s", "locale": "en"},
                 "attendees": [{"category": "academic", "givenName": "Ada", "familyName": "Lovelace", "email": "%1$s",
                                "addOns": [{"code": "tutorials", "quantity": 1}]}],
                 "voucher": null, "paymentMethod": "card", "acceptedCodeOfConduct": true}
                """.formatted(email);
        Answer held = api.attempt("mlsys-2026", body, ApiClient.newKey()).has(201);
        Registered ada = new Registered(held.at("/id"), held.at("/accessToken"), held);
        held.assertThatText("/status").isEqualTo("pending-payment");
        held.assertThatText("/reference").matches("ML26-[A-Z0-9]{6}");
        assertThat(held.headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(location).endsWith("/api/registrations/" + ada.id()));
        assertThat(held.json().at("/total/amount").asInt()).isEqualTo(80_000);

        String checkoutUrl = api.checkout(ada);
        assertThat(api.checkout(ada)).isEqualTo(checkoutUrl);
        api.enterCard(checkoutUrl, ApiClient.CARD)
                .has(200)
                .assertThatText("/outcome")
                .isEqualTo("captured");

        api.awaitStatus(ada, "confirmed", SOON);
        Answer confirmed = api.registration(ada);
        confirmed.assertThatText("/payment/status").isEqualTo("captured");
        assertThat(confirmed.json().at("/payment/captured/amount").asInt()).isEqualTo(80_000);
        assertThat(confirmed.json().at("/holdExpiresAt").isNull()).isTrue();
        assertThat(confirmed.json().has("accessToken")).isFalse();

        await().atMost(SOON).until(() -> !api.mailsTo(email).isEmpty());
        List<JsonNode> mails = api.mailsTo(email);
        assertThat(mails).hasSize(1);
        JsonNode mail = mails.getFirst();
        assertThat(mail.at("/subject").asString()).contains("MLSys 2026");
        assertThat(mail.at("/text").asString()).contains(held.at("/reference"));
        assertThat(mail.at("/html").asString()).contains(held.at("/reference"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(api.get("/api/registrations/" + ada.id() + "/timeline", ada.bearer())
                                .has(200)
                                .json()
                                .at("/items")
                                .size())
                        .isGreaterThanOrEqualTo(2));
    }

    @Test
    void a_payer_gets_a_receipt_and_after_cancelling_a_credit_note() {
        Registered grace = api.register("mlsys-2026", "academic", ApiClient.newAddress("grace"));
        api.pay(grace);
        await().atMost(SOON)
                .until(() ->
                        !api.registration(grace).json().at("/links/receipt").isNull());
        isPdf(api.get(api.registration(grace).at("/links/receipt"), grace.bearer()));
        String creditNote = "/api/registrations/" + grace.id() + "/credit-note.pdf";
        api.get(creditNote, grace.bearer()).isProblem(404, "not-found");
        api.get(creditNote).isProblem(401, "unauthenticated");

        Map<String, String> headers = new HashMap<>(grace.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());
        api.post("/api/registrations/" + grace.id() + "/cancellation", "{}", headers)
                .has(200);
        await().atMost(SOON).until(() -> api.get(creditNote, grace.bearer()).status() == 200);
        isPdf(api.get(creditNote, grace.bearer()));
    }

    private static void isPdf(Answer answer) {
        answer.has(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/pdf");
        assertThat(answer.text()).startsWith("%PDF-");
    }

    @Test
    void a_repeated_request_is_one_request() {
        String email = ApiClient.newAddress("twice");
        String key = ApiClient.newKey();
        String body = ApiClient.body("academic", email);

        Answer first = api.attempt("mlsys-2026", body, key).has(201);
        Answer second = api.attempt("mlsys-2026", body, key).has(201);

        assertThat(second.json()).isEqualTo(first.json());
    }
}
