package org.openingminute.registration.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.proofs.ProofSteps.PDF;
import static org.openingminute.registration.proofs.ProofSteps.PNG;
import static org.openingminute.registration.proofs.ProofSteps.path;
import static org.openingminute.registration.proofs.ProofSteps.reviewPath;
import static org.openingminute.registration.proofs.ProofSteps.token;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.ServiceFixture.Written;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Proves the way from a required proof to a seat: review, payment, refusal, offer. Uses the running service with its database and broker.
 */
@RegistrationServiceTest
class ProofIT {

    private final ServiceFixture service;
    private final ProofSteps proofs;

    @Autowired
    ProofIT(ServiceFixture service, JdbcClient jdbc) {
        this.service = service;
        this.proofs = new ProofSteps(service, jdbc);
    }

    @Test
    void an_accepted_proof_leads_to_the_payment_and_the_payment_to_the_seat() {
        String slug = proofs.conference(10);
        Reply made = proofs.register(slug, "student");
        Instant firstEnd = Instant.parse(made.text("holdExpiresAt"));
        Reply sent = proofs.upload(made, 0, "card.pdf", PDF).expect(202);
        assertThat(Instant.parse(sent.text("holdExpiresAt"))).isAfter(firstEnd.plus(Duration.ofDays(3)));
        assertThat(sent.text("status")).isEqualTo("pending-review");
        assertThat(sent.body().at("/links/pay").isNull()).isTrue();

        Reply accepted =
                proofs.review(made, "{\"accept\": true, \"attendeeId\": null}").expect(200);
        assertThat(accepted.text("status")).isEqualTo("pending-payment");
        assertThat(accepted.number("total.amount")).isEqualTo(3_000);
        assertThat(accepted.body().at("/attendees/0/proof").asString()).isEqualTo("accepted");
        assertThat(accepted.body().get("offer").isNull()).isTrue();
        assertThat(accepted.text("links.pay")).endsWith("/pay");
        service.awaitWritten("registration.events.v1", made.text("id"), "registration.review-wanted.v1");
        service.awaitWritten("registration.events.v1", made.text("id"), "registration.held.v1");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                service.written("payment.commands.v1", made.text("id"), "payment.request.v1"))
                        .extracting(message -> message.body().get("revision").asInt() + " "
                                + message.body().get("payable").asBoolean())
                        .containsExactly("1 false", "2 false", "3 true"));

        service.pay(made, 3_000, 1);
        service.awaitStatus(made, "confirmed");
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
        assertThat(service.timeline(made))
                .contains("Proof received", "Proof accepted", "Payment received", "Confirmed");
        assertThat(proofs.audited(made)).containsExactly("accepted a proof");
    }

    @Test
    void a_refused_proof_leads_through_an_offer_to_a_paid_seat() {
        String slug = proofs.conference(10);
        Reply made = proofs.register(slug, "student");
        proofs.upload(made, 0, "card.pdf", PDF).expect(202);
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");

        Reply rejected = proofs.review(made, "{\"accept\": false, \"reason\": \"The card has ended.\"}")
                .expect(200);
        assertThat(rejected.text("status")).isEqualTo("rejected");
        assertThat(rejected.text("reason")).isEqualTo("The card has ended.");
        assertThat(rejected.number("offer.total.amount")).isEqualTo(10_000);
        assertThat(rejected.body().at("/offer/lines/0/description").asString()).isEqualTo("Seat");
        assertThat(rejected.number("total.amount")).isEqualTo(3_000);
        assertThat(rejected.body().at("/attendees/0/proof").asString()).isEqualTo("refused");
        assertThat(seats(slug)).isEqualTo("held 1: seat 1 student 0");
        Written event = service.awaitWritten("registration.events.v1", made.text("id"), "registration.rejected.v1");
        assertThat(event.body().at("/offer/total/amount").asLong()).isEqualTo(10_000);

        service.post(path(made, "offer"), null, null, null).expectProblem(401, "unauthenticated");
        Reply taken = service.post(path(made, "offer"), token(made), null, null).expect(200);
        assertThat(taken.text("status")).isEqualTo("pending-payment");
        assertThat(taken.number("total.amount")).isEqualTo(10_000);
        assertThat(taken.body().at("/attendees/0/category").asString()).isEqualTo("seat");
        assertThat(taken.body().at("/attendees/0/proof").isNull()).isTrue();
        assertThat(taken.body().get("offer").isNull()).isTrue();
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                service.written("payment.commands.v1", made.text("id"), "payment.request.v1"))
                        .last()
                        .satisfies(request -> {
                            assertThat(request.body().at("/due/amount").asLong())
                                    .isEqualTo(10_000);
                            assertThat(request.body().get("payable").asBoolean())
                                    .isTrue();
                        }));

        service.pay(made, 10_000, 1);
        service.awaitStatus(made, "confirmed");
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
        assertThat(service.timeline(made)).contains("Proof refused", "Offer made", "Offer accepted", "Confirmed");
    }

    @Test
    void a_sold_out_alternative_gives_no_offer_and_frees_the_seats() {
        String slug = proofs.conference(1);
        Reply made = proofs.register(slug, "student");
        proofs.register(slug, "seat");

        Reply rejected = proofs.review(made, "{\"accept\": false, \"reason\": \"No card.\"}")
                .expect(200);
        assertThat(rejected.text("status")).isEqualTo("rejected");
        assertThat(rejected.body().get("offer").isNull()).isTrue();
        assertThat(rejected.body().get("holdExpiresAt").isNull()).isTrue();
        assertThat(seats(slug)).isEqualTo("held 1: seat 1 student 0");
        service.awaitWritten("payment.commands.v1", made.text("id"), "payment.close.v1");
        Written event = service.awaitWritten("registration.events.v1", made.text("id"), "registration.rejected.v1");
        assertThat(event.body().get("offer").isNull()).isTrue();
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");
    }

    @Test
    void missing_proofs_and_unaccepted_offers_free_their_seats() {
        String slug = proofs.conference(10);
        Reply waiting = proofs.register(slug, "student");
        Reply offered = proofs.register(slug, "student");
        proofs.review(offered, "{\"accept\": false, \"reason\": \"No card.\"}").expect(200);
        assertThat(seats(slug)).isEqualTo("held 2: seat 1 student 1");
        service.moveTo(
                Instant.parse(waiting.text("holdExpiresAt")).plusSeconds(60).toString());

        proofs.upload(waiting, 0, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
        service.awaitStatus(waiting, "expired");
        service.awaitStatus(offered, "expired");
        assertThat(service.read(offered).body().get("offer").isNull()).isTrue();
        assertThat(seats(slug)).isEqualTo("held 0: seat 0 student 0");
        service.post(path(offered, "offer"), token(offered), null, null).expectProblem(409, "not-allowed-now");
    }

    @Test
    void money_that_comes_before_it_could_be_paid_goes_back_in_full() {
        Reply made = proofs.register(proofs.conference(10), "student");
        service.pay(made, 3_000, 1);
        Written refund = service.awaitWritten("payment.commands.v1", made.text("id"), "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(3_000);
        service.awaitStatus(made, "pending-review");
    }

    @Test
    void a_review_says_what_is_wrong_with_it() {
        Reply made = proofs.register(proofs.conference(10), "student", "seat");
        String attendee = made.body().at("/attendees/1/id").asString();

        assertThat(proofs.review(made, "{}")
                        .expectProblem(422, "invalid")
                        .body()
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("accept");
        assertThat(proofs.review(made, "{\"accept\": false, \"reason\": \" \"}")
                        .expectProblem(422, "invalid")
                        .body()
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("reason");
        proofs.review(made, "{\"accept\": true, \"reasons\": 1}").expectProblem(422, "invalid");
        proofs.review(made, "{\"accept\": 1}").expectProblem(400, "malformed");
        proofs.review(made, "{\"accept\": true, \"attendeeId\": \"nobody\"}").expectProblem(404, "not-found");
        proofs.review(made, "{\"accept\": true, \"attendeeId\": \"%s\"}".formatted(UUID.randomUUID()))
                .expectProblem(404, "not-found");
        proofs.review(made, "{\"accept\": true, \"attendeeId\": \"%s\"}".formatted(attendee))
                .expectProblem(409, "not-allowed-now");
        service.post(reviewPath(made), token(made), null, "{\"accept\": true}").expectProblem(403, "forbidden");
        service.post(
                        "/api/admin/registrations/" + UUID.randomUUID() + "/review",
                        staffToken("organiser"),
                        null,
                        "{\"accept\": true}")
                .expectProblem(404, "not-found");
        assertThat(service.read(made).text("status")).isEqualTo("pending-review");

        String key = newKey();
        Reply first = service.post(reviewPath(made), staffToken("organiser"), key, "{\"accept\": true}")
                .expect(200);
        assertThat(service.post(reviewPath(made), staffToken("organiser"), key, "{\"accept\": true}")
                        .body())
                .isEqualTo(first.body());
        proofs.review(made, "{\"accept\": true}").expectProblem(409, "not-allowed-now");
    }

    @Test
    void second_decision_is_told_who_decided_and_when() {
        Reply made = proofs.register(proofs.conference(10), "student", "student");
        String first = made.body().at("/attendees/0/id").asString();
        String judged = "{\"accept\": %s, \"reason\": \"No card.\", \"attendeeId\": \"%s\"}";
        proofs.review(made, judged.formatted(true, first)).expect(200);

        for (boolean accept : List.of(true, false)) {
            Reply late = proofs.review(made, judged.formatted(accept, first)).expectProblem(409, "not-allowed-now");
            assertThat(late.text("who")).isEqualTo("The person of organiser");
            assertThat(late.text("at")).startsWith("2026-02-02T17:");
        }
        proofs.review(
                        made,
                        judged.formatted(
                                false, made.body().at("/attendees/1/id").asString()))
                .expect(200);
        assertThat(proofs.review(made, "{\"accept\": true}")
                        .expectProblem(409, "not-allowed-now")
                        .text("who"))
                .isEqualTo("The person of organiser");
        // A seat without a proof has no reviewer.
        Reply seat = proofs.register(proofs.conference(10), "seat");
        assertThat(proofs.review(seat, "{\"accept\": true}")
                        .expectProblem(409, "not-allowed-now")
                        .body()
                        .has("who"))
                .isFalse();
    }

    @Test
    void waiting_proofs_are_listed_by_their_deadline_page_by_page() {
        Instant began = service.businessTime();
        String slug = proofs.conference(10);
        Reply two = proofs.register(slug, "student", "student");
        Reply one = proofs.register(slug, "student");
        proofs.register(slug, "student");
        for (Reply made : List.of(one, two)) {
            proofs.upload(made, 0, "card.pdf", PDF).expect(202);
        }
        String path = "/api/admin/conferences/" + slug + "/proofs";
        // One proof is missing, so the hold of the two attendees was not extended and ends before the hold under
        // review.
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(listed(path)).containsExactly(attendee(two, 0), attendee(one, 0)));

        proofs.upload(two, 1, "card.png", PNG).expect(202);
        assertThat(listed(path)).containsExactly(attendee(one, 0), attendee(two, 0), attendee(two, 1));
        List<String> seen = new ArrayList<>();
        String after = "";
        do {
            Reply page = service.get(path + "?limit=1" + after, staffToken("organiser"))
                    .expect(200);
            seen.add(page.text("items.0.attendee"));
            after = page.body().get("next").isNull() ? "" : "&after=" + page.text("next");
        } while (!after.isEmpty());
        assertThat(seen).isEqualTo(listed(path));
        Reply item = service.get(path + "?limit=1&after=", staffToken("organiser"));
        assertThat(item.text("items.0.registration")).isEqualTo(one.text("id"));
        assertThat(item.text("items.0.reference")).isEqualTo(one.text("reference"));
        assertThat(item.text("items.0.name")).isEqualTo("Ada Lovelace");
        assertThat(item.text("items.0.category")).isEqualTo("student");
        assertThat(item.text("items.0.contentType")).isEqualTo("application/pdf");
        assertThat(item.number("items.0.size")).isEqualTo(PDF.length);
        assertThat(item.text("items.0.dueAt")).isEqualTo(service.read(one).text("holdExpiresAt"));
        assertThat(Instant.parse(item.text("items.0.uploadedAt"))).isBetween(began, service.businessTime());

        proofs.review(two, "{\"accept\": true, \"attendeeId\": \"%s\"}".formatted(attendee(two, 0)))
                .expect(200);
        proofs.review(one, "{\"accept\": true}").expect(200);
        assertThat(listed(path)).containsExactly(attendee(two, 1));
        for (String wrong : List.of("limit=0", "limit=201", "after=x", "after=eHx4")) {
            service.get(path + "?" + wrong, staffToken("organiser")).expectProblem(422, "invalid");
        }
        service.get("/api/admin/conferences/none/proofs", staffToken("organiser"))
                .expectProblem(404, "not-found");
    }

    private List<String> listed(String path) {
        List<String> attendees = new ArrayList<>();
        service.get(path, staffToken("organiser"))
                .expect(200)
                .body()
                .get("items")
                .forEach(item -> attendees.add(item.get("attendee").asString()));
        return attendees;
    }

    private static String attendee(Reply made, int nth) {
        return made.body().at("/attendees/" + nth + "/id").asString();
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
        assertThat(upload.get("description").asString()).contains("exactly one file, whose field may have any name");
        assertThat(upload.at("/responses/202").isObject()).isTrue();
        for (String other : List.of(
                "/api/registrations/{id}/offer",
                "/api/admin/registrations/{id}/review",
                "/api/admin/registrations/{id}/attendees/{attendeeId}/proof")) {
            assertThat(paths.get(other)).as(other).isNotNull();
            assertThat(paths.get(other).toString()).as(other).contains("\"summary\"", "\"description\"");
        }
    }

    private String seats(String slug) {
        JsonNode statistics = service.statistics(slug).body();
        StringBuilder seats = new StringBuilder("held " + statistics.get("held").asInt() + ":");
        statistics
                .get("byCategory")
                .forEach(category -> seats.append(' ')
                        .append(category.get("code").asString())
                        .append(' ')
                        .append(category.get("held").asInt()));
        return seats.toString();
    }
}
