package org.openingminute.registration.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceUnderTest.newKey;
import static org.openingminute.registration.ServiceUnderTest.staffToken;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.ServiceUnderTest.Reply;
import org.openingminute.registration.ServiceUnderTest.Written;
import tools.jackson.databind.JsonNode;

/** From the proof that is wanted to the seat: judged, paid, refused, offered. */
class ProofIT extends ProofCalls {

    @Test
    void an_accepted_proof_leads_to_the_payment_and_the_payment_to_the_seat() {
        String slug = conference(10);
        Reply made = register(slug, "student");
        Instant firstEnd = Instant.parse(made.text("holdExpiresAt"));
        Reply sent = upload(made, 0, "card.pdf", PDF).expect(202);
        assertThat(Instant.parse(sent.text("holdExpiresAt"))).isAfter(firstEnd.plus(Duration.ofDays(3)));
        assertThat(sent.text("status")).isEqualTo("pending-review");
        assertThat(sent.body().at("/links/pay").isNull()).isTrue();

        Reply accepted =
                review(made, "{\"accept\": true, \"attendeeId\": null}").expect(200);
        assertThat(accepted.text("status")).isEqualTo("pending-payment");
        assertThat(accepted.number("total.amount")).isEqualTo(3_000);
        assertThat(accepted.body().at("/attendees/0/proof").asString()).isEqualTo("accepted");
        assertThat(accepted.body().get("offer").isNull()).isTrue();
        assertThat(accepted.text("links.pay")).endsWith("/pay");
        awaitWritten("registration.events.v1", made, "registration.review-wanted.v1");
        awaitWritten("registration.events.v1", made, "registration.held.v1");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(written("payment.commands.v1", made, "payment.request.v1"))
                        .extracting(message -> message.body().get("revision").asInt() + " "
                                + message.body().get("payable").asBoolean())
                        .containsExactly("1 false", "2 false", "3 true"));

        pay(made, 3_000, 1);
        awaitStatus(made, "confirmed");
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
        assertThat(timeline(made)).contains("Proof received", "Proof accepted", "Payment received", "Confirmed");
        assertThat(audited(made)).containsExactly("accepted a proof");
    }

    @Test
    void a_refused_proof_leads_to_an_offer_the_offer_to_the_payment_and_the_payment_to_the_seat() {
        String slug = conference(10);
        Reply made = register(slug, "student");
        upload(made, 0, "card.pdf", PDF).expect(202);
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");

        Reply rejected = review(made, "{\"accept\": false, \"reason\": \"The card has ended.\"}")
                .expect(200);
        assertThat(rejected.text("status")).isEqualTo("rejected");
        assertThat(rejected.text("reason")).isEqualTo("The card has ended.");
        assertThat(rejected.number("offer.total.amount")).isEqualTo(10_000);
        assertThat(rejected.body().at("/offer/lines/0/description").asString()).isEqualTo("Seat");
        assertThat(rejected.number("total.amount")).isEqualTo(3_000);
        assertThat(rejected.body().at("/attendees/0/proof").asString()).isEqualTo("refused");
        assertThat(seats(slug)).isEqualTo("held 1: seat 1 student 0");
        Written told = awaitWritten("registration.events.v1", made, "registration.rejected.v1");
        assertThat(told.body().at("/offer/total/amount").asLong()).isEqualTo(10_000);

        service.post(path(made, "offer"), null, null, null).expectProblem(401, "unauthenticated");
        Reply taken = service.post(path(made, "offer"), token(made), null, null).expect(200);
        assertThat(taken.text("status")).isEqualTo("pending-payment");
        assertThat(taken.number("total.amount")).isEqualTo(10_000);
        assertThat(taken.body().at("/attendees/0/category").asString()).isEqualTo("seat");
        assertThat(taken.body().at("/attendees/0/proof").isNull()).isTrue();
        assertThat(taken.body().get("offer").isNull()).isTrue();
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(written("payment.commands.v1", made, "payment.request.v1"))
                        .last()
                        .satisfies(request -> {
                            assertThat(request.body().at("/due/amount").asLong())
                                    .isEqualTo(10_000);
                            assertThat(request.body().get("payable").asBoolean())
                                    .isTrue();
                        }));

        pay(made, 10_000, 1);
        awaitStatus(made, "confirmed");
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
        assertThat(timeline(made)).contains("Proof refused", "Offer made", "Offer accepted", "Confirmed");
    }

    @Test
    void where_the_other_category_is_sold_out_there_is_no_offer_and_the_seats_are_free() {
        String slug = conference(1);
        Reply made = register(slug, "student");
        register(slug, "seat");

        Reply rejected =
                review(made, "{\"accept\": false, \"reason\": \"No card.\"}").expect(200);
        assertThat(rejected.text("status")).isEqualTo("rejected");
        assertThat(rejected.body().get("offer").isNull()).isTrue();
        assertThat(rejected.body().get("holdExpiresAt").isNull()).isTrue();
        assertThat(seats(slug)).isEqualTo("held 1: seat 1 student 0");
        awaitWritten("payment.commands.v1", made, "payment.close.v1");
        Written told = awaitWritten("registration.events.v1", made, "registration.rejected.v1");
        assertThat(told.body().get("offer").isNull()).isTrue();
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");
    }

    @Test
    void a_proof_that_does_not_come_and_an_offer_that_is_not_accepted_free_their_seats() {
        String slug = conference(10);
        Reply waiting = register(slug, "student");
        Reply offered = register(slug, "student");
        review(offered, "{\"accept\": false, \"reason\": \"No card.\"}").expect(200);
        assertThat(seats(slug)).isEqualTo("held 2: seat 1 student 1");
        moveTo(Instant.parse(waiting.text("holdExpiresAt")).plusSeconds(60));

        upload(waiting, 0, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
        awaitStatus(waiting, "expired");
        awaitStatus(offered, "expired");
        assertThat(read(offered).body().get("offer").isNull()).isTrue();
        assertThat(seats(slug)).isEqualTo("held 0: seat 0 student 0");
        service.post(path(offered, "offer"), token(offered), null, null).expectProblem(409, "not-allowed-now");
    }

    @Test
    void money_that_comes_before_it_could_be_paid_goes_back_in_full() {
        Reply made = register(conference(10), "student");
        pay(made, 3_000, 1);
        Written refund = awaitWritten("payment.commands.v1", made, "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(3_000);
        awaitStatus(made, "pending-review");
    }

    @Test
    void a_review_says_what_is_wrong_with_it() {
        Reply made = register(conference(10), "student", "seat");
        String attendee = made.body().at("/attendees/1/id").asString();

        assertThat(review(made, "{}")
                        .expectProblem(422, "invalid")
                        .body()
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("accept");
        assertThat(review(made, "{\"accept\": false, \"reason\": \" \"}")
                        .expectProblem(422, "invalid")
                        .body()
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("reason");
        review(made, "{\"accept\": true, \"reasons\": 1}").expectProblem(422, "invalid");
        review(made, "{\"accept\": 1}").expectProblem(400, "malformed");
        review(made, "{\"accept\": true, \"attendeeId\": \"nobody\"}").expectProblem(404, "not-found");
        review(made, "{\"accept\": true, \"attendeeId\": \"%s\"}".formatted(UUID.randomUUID()))
                .expectProblem(404, "not-found");
        review(made, "{\"accept\": true, \"attendeeId\": \"%s\"}".formatted(attendee))
                .expectProblem(409, "not-allowed-now");
        service.post(reviewPath(made), token(made), null, "{\"accept\": true}").expectProblem(403, "forbidden");
        service.post(
                        "/api/admin/registrations/" + UUID.randomUUID() + "/review",
                        staffToken("organiser"),
                        null,
                        "{\"accept\": true}")
                .expectProblem(404, "not-found");
        assertThat(read(made).text("status")).isEqualTo("pending-review");

        String key = newKey();
        Reply first = service.post(reviewPath(made), staffToken("organiser"), key, "{\"accept\": true}")
                .expect(200);
        assertThat(service.post(reviewPath(made), staffToken("organiser"), key, "{\"accept\": true}")
                        .body())
                .isEqualTo(first.body());
        review(made, "{\"accept\": true}").expectProblem(409, "not-allowed-now");
    }

    @Test
    void the_calls_are_in_the_openapi_document() {
        JsonNode paths = service.send("GET", "/internal/openapi", null, null, null)
                .expect(200)
                .body()
                .get("paths");
        JsonNode upload = paths.get("/api/registrations/{id}/attendees/{attendeeId}/proof")
                .get("post");
        assertThat(upload.at("/requestBody/content/multipart~1form-data").isObject())
                .isTrue();
        assertThat(upload.at("/responses/202").isObject()).isTrue();
        for (String other : List.of(
                "/api/registrations/{id}/offer",
                "/api/admin/registrations/{id}/review",
                "/api/admin/registrations/{id}/attendees/{attendeeId}/proof")) {
            assertThat(paths.get(other)).as(other).isNotNull();
            assertThat(paths.get(other).toString()).as(other).contains("\"summary\"", "\"description\"");
        }
    }
}
