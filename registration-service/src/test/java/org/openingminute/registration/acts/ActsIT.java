package org.openingminute.registration.acts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves staff's acts on a registration by API, at the revision that they have seen, and their previews. Uses the running service. */
@RegistrationServiceTest
class ActsIT {

    private static final String FULL = "{\"reason\": \"ill\", \"refund\": \"full\"}";
    private static final String PART =
            "{\"amount\": {\"amount\": 2500, \"currency\": \"USD\"}, \"reason\": \"no lunch\"}";

    @Autowired
    private ServiceFixture service;

    @Test
    void preview_of_a_cancellation_says_what_it_then_does() {
        Reply made = paid();
        String tag = tag(made);
        Reply before = read(made);

        JsonNode seen = act(made, "cancellation?dryRun=true", null, null, FULL)
                .expect(200)
                .body();

        assertThat(seen.propertyNames()).containsExactly("revision", "status", "seats", "refund", "mails", "tickets");
        assertThat("\"" + seen.at("/revision").asLong() + "\"").isEqualTo(tag);
        assertThat(seen.at("/status").toString()).isEqualTo("{\"before\":\"confirmed\",\"after\":\"cancelled\"}");
        assertThat(seen.at("/seats").toString())
                .isEqualTo("[{\"quota\":\"capacity\",\"change\":-1},{\"quota\":\"category:seat\",\"change\":-1}]");
        assertThat(seen.at("/refund").toString()).isEqualTo("{\"amount\":10000,\"currency\":\"USD\"}");
        assertThat(texts(seen.at("/mails"))).containsExactly("cancelled", "refund-made");
        assertThat(seen.at("/tickets").toString())
                .isEqualTo("[{\"attendee\":\"" + made.text("attendees/0/id") + "\",\"becomes\":\"ended\"}]");
        assertThat(read(made).raw().body())
                .as("nothing was changed")
                .isEqualTo(before.raw().body());
        assertThat(tag(made)).isEqualTo(tag);
        assertThat(audited(made)).doesNotContain("cancelled a registration");

        Reply done = act(made, "cancellation", newKey(), tag, FULL).expect(200);

        assertThat(done.text("status")).isEqualTo("cancelled");
        assertThat(tag(made)).isNotEqualTo(tag);
        assertThat(audited(made)).contains("cancelled a registration");
    }

    @Test
    void preview_of_a_refund_changes_money_alone() {
        Reply made = paid();

        JsonNode seen =
                act(made, "refunds?dryRun=true", null, null, PART).expect(200).body();

        assertThat(seen.at("/status/after").asString()).isEqualTo("confirmed");
        assertThat(seen.at("/refund/amount").asLong()).isEqualTo(2_500);
        assertThat(texts(seen.at("/mails"))).containsExactly("refund-made");
        assertThat(seen.at("/seats")).isEmpty();
        assertThat(seen.at("/tickets")).isEmpty();
        act(made, "refunds?dryRun=false", newKey(), null, PART).expect(202);
        JsonNode next =
                act(made, "refunds?dryRun=true", null, null, PART).expect(200).body();
        assertThat(next.at("/refund/amount").asLong()).as("of this act alone").isEqualTo(2_500);
    }

    @Test
    void preview_of_a_transfer_confirms_and_gives_the_rest_back() {
        Reply made = service.register(service.putConference(5, 600), "seat").expect(201);

        JsonNode seen = act(made, "mark-paid?dryRun=true", null, null, transfer(10_250))
                .expect(200)
                .body();

        assertThat(seen.at("/status").toString()).isEqualTo("{\"before\":\"pending-payment\",\"after\":\"confirmed\"}");
        assertThat(seen.at("/seats")).as("they are held already").isEmpty();
        assertThat(seen.at("/refund/amount").asLong()).isEqualTo(250);
        assertThat(texts(seen.at("/mails"))).containsExactly("confirmation", "refund-made");
        assertThat(seen.at("/tickets/0/becomes").asString()).isEqualTo("valid");
        assertThat(read(made).text("status")).isEqualTo("pending-payment");
    }

    @Test
    void preview_of_a_review_says_what_becomes_of_the_seats() {
        Reply made = proved();

        JsonNode accepted = act(made, "review?dryRun=true", null, null, "{\"accept\": true}")
                .expect(200)
                .body();
        JsonNode refused = act(made, "review?dryRun=true", null, null, "{\"accept\": false, \"reason\": \"blurred\"}")
                .expect(200)
                .body();

        assertThat(accepted.at("/status/after").asString()).isEqualTo("pending-payment");
        assertThat(texts(accepted.at("/mails"))).containsExactly("proof-accepted");
        assertThat(accepted.at("/seats")).isEmpty();
        assertThat(refused.at("/status/after").asString()).isEqualTo("rejected");
        assertThat(texts(refused.at("/mails"))).containsExactly("proof-refused");
        assertThat(refused.at("/seats").toString())
                .as("the offer's category holds the seat")
                .isEqualTo("[{\"quota\":\"category:free\",\"change\":1},{\"quota\":\"category:seat\",\"change\":-1}]");
        act(made, "review", null, tag(made), "{\"accept\": true}").expect(200);
    }

    @Test
    void dry_run_gets_the_refusal_of_the_call() {
        Reply made = paid();
        String tooMuch = PART.replace("2500", "10001");

        for (String query : List.of("", "?dryRun=true")) {
            act(made, "refunds" + query, newKey(), null, tooMuch).expectProblem(422, "invalid");
            act(made, "cancellation" + query, newKey(), null, "{}").expectProblem(422, "invalid");
            act(made, "mark-paid" + query, newKey(), null, transfer(10_000)).expectProblem(409, "not-allowed-now");
            act(made, "review" + query, newKey(), null, "{\"accept\": true}").expectProblem(409, "not-allowed-now");
            act(made, "refunds" + query, newKey(), "\"7\"", PART).expectProblem(412, "changed");
            service.post(path(UUID.randomUUID().toString(), "refunds" + query), organiser(), newKey(), PART)
                    .expectProblem(404, "not-found");
            service.post(path(made.text("id"), "refunds" + query), staffToken("check-in"), newKey(), PART)
                    .expectProblem(403, "forbidden");
        }
        act(made, "refunds?dryRun=yes", newKey(), null, PART).expectProblem(422, "invalid");
        for (String never : List.of("yesterday", "+999999999-12-31T00:00:00Z")) {
            act(made, "mark-paid", newKey(), null, transfer(10_000).replace("2026-02-02T17:00:00Z", never))
                    .expectProblem(422, "invalid");
        }
        act(made, "refunds?dryRun=false", null, null, PART).expectProblem(400, "idempotency-key-missing");
    }

    @Test
    void money_in_no_known_currency_is_invalid_after_key_and_token() {
        Reply made = paid();
        String unknown = PART.replace("USD", "XXX");
        String missing = PART.replace(", \"currency\": \"USD\"", "");
        String refund = "{\"reason\": \"ill\", \"refund\": {\"amount\": 1, \"currency\": \"XXX\"}}";

        assertThat(wrongField(act(made, "refunds", newKey(), null, unknown))).isEqualTo("amount.currency");
        assertThat(wrongField(act(made, "refunds", newKey(), null, missing))).isEqualTo("amount.currency");
        assertThat(wrongField(act(made, "cancellation", newKey(), null, refund)))
                .isEqualTo("refund.currency");
        act(made, "refunds", newKey(), null, PART.replace("\"USD\"", "1")).expectProblem(400, "malformed");
        act(made, "refunds", null, null, unknown).expectProblem(400, "idempotency-key-missing");
        service.post(path(made.text("id"), "refunds"), null, newKey(), unknown).expectProblem(401, "unauthenticated");

        String own = "/api/registrations/" + made.text("id") + "/cancellation";
        String quoted = "{\"refund\": {\"amount\": 1, \"currency\": \"XXX\"}}";
        service.post(own, made.text("accessToken"), null, quoted).expectProblem(400, "idempotency-key-missing");
        service.post(own, null, newKey(), quoted).expectProblem(401, "unauthenticated");
        assertThat(wrongField(service.post(own, made.text("accessToken"), newKey(), quoted)))
                .isEqualTo("refund.currency");
    }

    private static String wrongField(Reply reply) {
        return reply.expectProblem(422, "invalid").text("errors.0.field");
    }

    @Test
    void act_is_done_at_the_revision_that_was_seen_alone() {
        Reply made = paid();
        String tag = tag(made);
        String key = newKey();
        act(made, "refunds", key, tag, PART).expect(202);

        act(made, "refunds", newKey(), tag, PART).expectProblem(412, "changed");
        act(made, "cancellation", newKey(), tag, FULL).expectProblem(412, "changed");
        act(made, "cancellation", newKey(), "\"no-number\"", FULL).expectProblem(412, "changed");
        act(made, "refunds", key, tag, PART).expect(202);
        act(made, "refunds", newKey(), "*", PART).expect(202);

        assertThat(audited(made)).filteredOn("ordered a refund"::equals).hasSize(2);
    }

    @Test
    void contact_is_corrected_at_the_revision_that_was_seen_and_its_links_end() {
        Reply made = paid();
        String path = path(made.text("id"), "contact");
        String tag = tag(made);
        String correction = "{\"email\": \"ada@example.net\", \"reason\": \"a typo\"}";

        JsonNode seen = service.send("PATCH", path + "?dryRun=true", organiser(), null, correction)
                .expect(200)
                .body();
        assertThat(seen.at("/status").toString()).isEqualTo("{\"before\":\"confirmed\",\"after\":\"confirmed\"}");
        assertThat(texts(seen.at("/mails"))).containsExactly("link", "contact-changed");
        assertThat(seen.at("/seats")).isEmpty();
        assertThat(seen.at("/tickets")).isEmpty();
        assertThat(tag(made)).isEqualTo(tag);
        for (String wrong : List.of(
                "{\"email\": \"nobody\", \"reason\": \"x\"}",
                "{\"name\": \" \", \"reason\": \"x\"}",
                "{\"locale\": \"?\", \"reason\": \"x\"}",
                "{\"name\": \"Ada\"}",
                "{\"phone\": \"1\", \"reason\": \"x\"}")) {
            service.send("PATCH", path, organiser(), null, wrong).expectProblem(422, "invalid");
        }
        service.send("PATCH", path, organiser(), null, correction, "If-Match", "\"7\"")
                .expectProblem(412, "changed");
        service.send("PATCH", path, staffToken("finance"), null, correction).expectProblem(403, "forbidden");

        Reply done = service.send("PATCH", path, organiser(), null, correction, "If-Match", tag)
                .expect(200);

        assertThat(done.text("contact/email")).isEqualTo("ada@example.net");
        service.get("/api/registrations/" + made.text("id"), made.text("accessToken"))
                .expectProblem(401, "unauthenticated");
        JsonNode event = service.awaitWritten("registration.events.v1", made.text("id"), "registration.changed.v1")
                .body();
        assertThat(event.at("/formerContacts/0/email").asString()).isEqualTo(made.text("contact/email"));
        assertThat(audited(made)).contains("corrected a contact");
        service.send("PATCH", path, organiser(), null, correction).expect(200);
        assertThat(audited(made)).as("nothing was left to correct").containsOnlyOnce("corrected a contact");
    }

    @Test
    void seat_sold_at_the_desk_is_confirmed_and_its_money_booked() {
        String slug = service.putConference(1, 600);
        String path = "/api/admin/conferences/" + slug + "/registrations";
        String body = ServiceFixture.body("seat").replaceFirst("\\{", """
                {"paymentMethod": "desk", "paid": {"reference": "till 7", "amount": {"amount": 10000, "currency": "USD"}},""");
        String key = newKey();
        service.post(path, organiser(), null, body).expectProblem(400, "idempotency-key-missing");
        service.post(path, organiser(), newKey(), body.replace("10000", "9999")).expectProblem(422, "invalid");
        service.post(path, organiser(), newKey(), body.replace("\"desk\"", "\"card\""))
                .expectProblem(422, "invalid");

        Reply made = service.post(path, organiser(), key, body).expect(201);

        assertThat(made.text("status")).isEqualTo("confirmed");
        assertThat(made.raw().headers().firstValue("Location")).hasValue("/api/registrations/" + made.text("id"));
        assertThat(made.raw().body()).as("the contact's link goes by mail").doesNotContain("accessToken");
        assertThat(service.post(path, organiser(), key, body).expect(201).text("id"))
                .isEqualTo(made.text("id"));
        service.post(path, organiser(), newKey(), body).expectProblem(409, "sold-out");
        JsonNode seen = service.get("/api/registrations/" + made.text("id"), organiser())
                .expect(200)
                .body();
        assertThat(seen.at("/paymentMethod").asString()).isEqualTo("desk");
        assertThat(seen.at("/payment/status").asString()).isEqualTo("captured");
        assertThat(audited(made)).contains("sold at the desk");
        assertThat(service.awaitWritten("payment.commands.v1", made.text("id"), "payment.mark-paid.v1")
                        .body()
                        .toString())
                .contains("till 7");
        service.pay(made, 10_000, 1);
        service.awaitWritten("payment.commands.v1", made.text("id"), "payment.keep.v1");
        assertThat(service.get("/api/registrations/" + made.text("id") + "/timeline", organiser())
                        .expect(200)
                        .body()
                        .at("/items")
                        .valueStream()
                        .map(line -> line.at("/code").asString()))
                .containsExactly("registered", "confirmed", "marked-as-paid", "payment-received");
    }

    private static String transfer(long amount) {
        return """
                {"reference": "SEPA 1", "amount": {"amount": %d, "currency": "USD"}, "receivedAt": "2026-02-02T17:00:00Z"}""".formatted(amount);
    }

    private Reply paid() {
        Reply made = service.register(service.putConference(5, 600), "seat").expect(201);
        service.pay(made, 10_000, 1);
        service.awaitStatus(made, "confirmed");
        return made;
    }

    private Reply proved() {
        Reply made = service.register(
                        service.putConference(5, 600, ", \"needsProof\": true, \"otherwise\": \"free\""), "seat")
                .expect(201);
        service.upload(
                        "/api/registrations/" + made.text("id") + "/attendees/" + made.text("attendees/0/id")
                                + "/proof",
                        made.text("accessToken"),
                        null,
                        "card.pdf",
                        "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII))
                .expect(202);
        return made;
    }

    private Reply read(Reply made) {
        return service.get("/api/registrations/" + made.text("id"), made.text("accessToken"))
                .expect(200);
    }

    private String tag(Reply made) {
        return read(made).raw().headers().firstValue("ETag").orElseThrow();
    }

    private Reply act(Reply made, String call, @Nullable String key, @Nullable String ifMatch, String body) {
        String[] headers = ifMatch == null ? new String[0] : new String[] {"If-Match", ifMatch};
        return service.send("POST", path(made.text("id"), call), organiser(), key, body, headers);
    }

    private static String path(String id, String call) {
        return "/api/admin/registrations/" + id + "/" + call;
    }

    private static String organiser() {
        return staffToken("organiser");
    }

    private List<String> audited(Reply made) {
        JsonNode rows = service.get("/internal/audit?registration=" + made.text("id"), organiser())
                .expect(200)
                .body()
                .at("/items");
        return rows.valueStream().map(row -> row.at("/what").asString()).toList();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(one -> texts.add(one.asString()));
        return texts;
    }
}
