package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.captured;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.ServiceFixture.Written;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/**
 * Proves the outcome of payments in time, late, of a wrong amount or twice, and of refunds. Runs the service with its database and broker;
 * payment-service is played.
 */
@RegistrationServiceTest
class PaymentEventsIT {

    @Autowired
    private ServiceFixture service;

    @Test
    void money_in_time_confirms_and_is_kept_once() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        UUID capture = UUID.randomUUID();
        service.publishPayment(
                made.text("id"), "payment.captured.v1", 2, captured(made.text("id"), 10_000, 10_000, capture));

        service.awaitStatus(made, "confirmed");
        service.awaitWritten("payment.commands.v1", made.text("id"), "payment.keep.v1");
        service.awaitWritten("registration.events.v1", made.text("id"), "registration.confirmed.v1");
        service.publishPayment(
                made.text("id"), "payment.captured.v1", 3, captured(made.text("id"), 10_000, 10_000, capture));
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(service.written("payment.commands.v1", made.text("id"), "payment.keep.v1"))
                                .hasSizeGreaterThan(1));
        assertThat(service.written("payment.commands.v1", made.text("id"), "payment.keep.v1").stream()
                        .map(Written::id)
                        .distinct())
                .as("the same command")
                .hasSize(1);
        assertThat(service.written("registration.events.v1", made.text("id"), "registration.confirmed.v1"))
                .hasSize(1);
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
        assertThat(service.statistics(slug).number("revenue.amount")).isEqualTo(10_000);
    }

    @Test
    void late_money_takes_the_seat_if_it_is_still_free() {
        String slug = service.putConference(1, 1);
        Reply made = service.register(slug, "seat").expect(201);

        service.awaitStatus(made, "expired");
        assertThat(service.read(made).text("payment.status")).isEqualTo("closed");
        assertThat(service.statistics(slug).number("free")).isEqualTo(1);
        service.awaitWritten("payment.commands.v1", made.text("id"), "payment.close.v1");
        service.publishPayment(
                made.text("id"),
                "payment.captured.v1",
                2,
                captured(made.text("id"), 10_000, 10_000, UUID.randomUUID()));
        service.awaitStatus(made, "confirmed");
        assertThat(service.read(made).body().path("reason").isNull())
                .as("a live registration shows no reason of an end")
                .isTrue();
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
    }

    @Test
    void late_money_goes_back_when_the_seat_is_taken() {
        String slug = service.putConference(1, 1);
        Reply late = service.register(slug, "seat").expect(201);
        service.awaitStatus(late, "expired");
        service.registerForFreedSeat(slug, "free").expect(201);
        service.publishPayment(
                late.text("id"),
                "payment.captured.v1",
                2,
                captured(late.text("id"), 10_000, 10_000, UUID.randomUUID()));

        Written refund = service.awaitWritten("payment.commands.v1", late.text("id"), "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(10_000);
        service.awaitStatus(late, "expired");
    }

    @Test
    void another_amount_than_is_due_goes_back_and_the_hold_goes_on() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        service.publishPayment(
                made.text("id"), "payment.captured.v1", 2, captured(made.text("id"), 10_000, 9_999, UUID.randomUUID()));

        Written refund = service.awaitWritten("payment.commands.v1", made.text("id"), "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(9_999);
        service.awaitStatus(made, "pending-payment");
    }

    @Test
    void the_right_amount_after_a_wrong_one_that_went_back_confirms() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        service.publishPayment(id, "payment.captured.v1", 2, captured(id, 10_000, 9_999, UUID.randomUUID()));
        Written refund = service.awaitWritten("payment.commands.v1", id, "payment.refund.v1");
        service.publishPayment(id, "payment.captured.v1", 3, """
                {"registration": "%s", "status": "captured", "due": {"amount": 10000, "currency": "USD"},
                 "captured": {"amount": 19999, "currency": "USD"}, "refunded": {"amount": 9999, "currency": "USD"},
                 "disputed": {"amount": 0, "currency": "USD"},
                 "captures": [{"id": "%s", "amount": {"amount": 9999, "currency": "USD"}, "at": "2026-02-02T17:01:00Z",
                               "answered": true},
                              {"id": "%s", "amount": {"amount": 10000, "currency": "USD"}, "at": "2026-02-02T17:02:00Z",
                               "answered": false}],
                 "refunds": [{"id": "%s", "amount": {"amount": 9999, "currency": "USD"}, "state": "done",
                              "at": "2026-02-02T17:01:30Z"}],
                 "disputes": [], "failure": null, "receipt": null}""".formatted(
                        id,
                        UUID.randomUUID(),
                        UUID.randomUUID(),
                        refund.body().get("refund").asString()));

        service.awaitStatus(made, "confirmed");
        service.awaitWritten("payment.commands.v1", id, "payment.keep.v1");
    }

    @Test
    void a_cancellation_gives_back_what_was_quoted() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        service.publishPayment(
                made.text("id"),
                "payment.captured.v1",
                2,
                captured(made.text("id"), 10_000, 10_000, UUID.randomUUID()));
        service.awaitStatus(made, "confirmed");
        String path = "/api/registrations/" + made.text("id") + "/cancellation";
        Reply quote = service.get(path, made.text("accessToken")).expect(200);

        assertThat(quote.number("refund.amount")).isEqualTo(9_500);
        Reply refused = service.post(
                        path,
                        made.text("accessToken"),
                        newKey(),
                        "{\"refund\": {\"amount\": 10000, \"currency\": \"USD\"}}")
                .expectProblem(409, "not-allowed-now");
        assertThat(refused.body().get("refund")).isEqualTo(quote.body().get("refund"));
        assertThat(refused.text("policy")).isEqualTo(quote.text("policy"));
        service.post(
                        path,
                        made.text("accessToken"),
                        newKey(),
                        "{\"refund\": {\"amount\": 9500, \"currency\": \"USD\"}}")
                .expect(200);
        Written refund = service.awaitWritten("payment.commands.v1", made.text("id"), "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(9_500);
        assertThat(service.statistics(slug).number("free")).isEqualTo(1);
    }

    @Test
    void price_and_policy_outlast_a_changed_definition() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        String path = "/api/admin/conferences/" + slug;
        ObjectNode definition = (ObjectNode)
                service.get(path, staffToken("organiser")).expect(200).body();
        ((ObjectNode) definition.at("/registration/categories/0/amounts")).put("all", 20_000);
        ((ObjectNode) definition.at("/registration/cancellationPolicy/0"))
                .put("refundPercent", 50)
                .put("keeps", 0);
        service.put(path, staffToken("organiser"), definition.toString()).expect(200);

        Reply later = service.register(slug, "seat").expect(201);
        assertThat(later.number("total.amount")).isEqualTo(20_000);
        service.post("/api/registrations/" + id + "/hold-extension", made.text("accessToken"), null, null)
                .expect(200);
        assertThat(service.read(made).number("total.amount")).isEqualTo(10_000);
        assertThat(service.read(made).number("lines.0.amount.amount")).isEqualTo(10_000);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.written("payment.commands.v1", id, "payment.request.v1"))
                        .extracting(request -> request.body().at("/due/amount").asLong())
                        .containsExactly(10_000L, 10_000L));
        service.pay(made, 10_000, 2);
        service.awaitStatus(made, "confirmed");
        service.pay(later, 20_000, 2);
        service.awaitStatus(later, "confirmed");

        assertThat(quoted(made)).isEqualTo(9_500);
        assertThat(quoted(later)).isEqualTo(10_000);
        service.post("/api/registrations/" + id + "/cancellation", made.text("accessToken"), newKey(), null)
                .expect(200);
        Written refund = service.awaitWritten("payment.commands.v1", id, "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(9_500);
    }

    private long quoted(Reply registration) {
        return service.get(
                        "/api/registrations/" + registration.text("id") + "/cancellation",
                        registration.text("accessToken"))
                .expect(200)
                .number("refund.amount");
    }

    @Test
    void a_refund_that_fails_after_it_was_done_is_commanded_again() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        UUID capture = UUID.randomUUID();
        service.publishPayment(id, "payment.captured.v1", 2, captured(id, 10_000, 9_999, capture));
        Written refund = service.awaitWritten("payment.commands.v1", id, "payment.refund.v1");
        String first = refund.body().get("refund").asString();

        service.publishPayment(id, "payment.refunded.v1", 3, refunded(id, capture, first, "done", 9_999));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.read(made).number("payment.refunded.amount"))
                        .isEqualTo(9_999));
        service.publishPayment(id, "payment.refund-failed.v1", 4, refunded(id, capture, first, "failed", 0));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.written("payment.commands.v1", id, "payment.refund.v1"))
                        .hasSize(2));
        Written second =
                service.written("payment.commands.v1", id, "payment.refund.v1").getLast();
        assertThat(second.body().get("refund").asString()).isNotEqualTo(first);
        assertThat(second.body().at("/amount/amount").asLong()).isEqualTo(9_999);
        assertThat(service.timeline(made)).containsSequence("Refund made", "Refund came back");
    }

    private static String refunded(String id, UUID capture, String refund, String state, long back) {
        return """
                {"registration": "%s", "status": "captured", "due": {"amount": 10000, "currency": "USD"},
                 "captured": {"amount": 9999, "currency": "USD"}, "refunded": {"amount": %d, "currency": "USD"},
                 "disputed": {"amount": 0, "currency": "USD"},
                 "captures": [{"id": "%s", "amount": {"amount": 9999, "currency": "USD"}, "at": "2026-02-02T17:01:00Z",
                               "answered": true}],
                 "refunds": [{"id": "%s", "amount": {"amount": 9999, "currency": "USD"}, "state": "%s",
                              "at": "2026-02-02T17:01:30Z"}],
                 "disputes": [], "failure": null, "receipt": null}""".formatted(id, back, capture, refund, state);
    }

    @Test
    void a_receipt_is_linked_once_it_has_its_number() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        String captured = captured(id, 10_000, 10_000, UUID.randomUUID());
        service.publishPayment(id, "payment.captured.v1", 2, captured);
        service.awaitStatus(made, "confirmed");
        assertThat(service.read(made).body().at("/links/receipt").isNull()).isTrue();

        service.publishPayment(
                id,
                "payment.receipt-issued.v1",
                3,
                captured.replace("\"answered\": false", "\"answered\": true")
                        .replace(
                                "\"receipt\": null",
                                "\"receipt\": {\"number\": \"2026-000001\", \"issuedAt\": \"2026-02-02T17:01:01Z\"}"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.read(made).text("links.receipt"))
                        .endsWith("/api/registrations/" + id + "/receipt.pdf"));
    }

    @Test
    void mark_paid_commands_one_booking() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String path = "/api/admin/registrations/" + made.text("id") + "/mark-paid";
        String body = """
                {"reference": "transfer 17", "amount": {"amount": %d, "currency": "USD"},
                 "receivedAt": "2026-02-02T17:00:00Z"}""";
        String key = newKey();

        service.post(path, made.text("accessToken"), newKey(), body.formatted(10_000))
                .expectProblem(403, "forbidden");
        service.post(path, staffToken("organiser"), newKey(), body.formatted(9_999))
                .expectProblem(422, "invalid");
        service.post(path, staffToken("organiser"), key, body.formatted(10_000)).expect(200);
        service.post(path, staffToken("organiser"), key, body.formatted(10_000)).expect(200);
        service.post(
                        path,
                        staffToken("organiser"),
                        newKey(),
                        body.formatted(10_000).replace("transfer 17", "transfer 18"))
                .expectProblem(409, "not-allowed-now");
        service.awaitWritten("payment.commands.v1", made.text("id"), "payment.mark-paid.v1");
        List<Written> commands = service.written("payment.commands.v1", made.text("id"), "payment.mark-paid.v1");
        assertThat(commands).hasSize(1);

        // The booking is not reported, so the same transfer may be marked again and sends the same command.
        service.post(path, staffToken("organiser"), newKey(), body.formatted(10_000))
                .expect(200);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                service.written("payment.commands.v1", made.text("id"), "payment.mark-paid.v1"))
                        .hasSize(2)
                        .extracting(Written::id)
                        .containsOnly(commands.getFirst().id()));
    }
}
