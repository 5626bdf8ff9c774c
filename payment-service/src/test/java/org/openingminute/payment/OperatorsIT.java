package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;
import static org.openingminute.payment.ServiceFixture.token;

import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.testing.Parked;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves dry runs, replays and republishing of messages by operators, on the running service with its database and broker. */
@PaymentServiceTest
class OperatorsIT {

    private static final String DEAD_LETTERS = "/internal/ops/dead-letters";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Outbox outbox;

    @Test
    void a_dry_run_of_a_parked_request_makes_no_payment_and_a_replay_does() {
        UUID id = RegistrationPlayed.newId();
        String deadLetter =
                parked(id, "payment.request.v1", RegistrationPlayed.request(id).body());

        JsonNode shown = done("POST", deadLetter + "/replay?dryRun=true").at("/replay");

        assertThat(shown.at("/outcome").asString()).as(shown.toString()).isEqualTo("applied");
        assertThat(shown.at("/tables").toString()).isEqualTo("""
                [{"table":"command_done","inserted":1,"updated":0,"deleted":0},\
                {"table":"payment","inserted":1,"updated":0,"deleted":0}]""");
        assertThat(shown.at("/messages").isEmpty()).isTrue();
        assertThat(rowsOf(id)).as("not even a row without a request").isZero();
        JsonNode masked = done("GET", deadLetter);
        assertThat(masked.at("/payload/due/amount").asLong()).isEqualTo(80_000);
        assertThat(masked.toString()).contains("•••").doesNotContain("Ada", "Lovelace");

        assertThat(done("POST", deadLetter + "/replay").at("/replay/outcome").asString())
                .isEqualTo("applied");
        assertThat(rowsOf(id)).isEqualTo(1);
        assertThat(service.status(id)).isEqualTo("awaiting");
    }

    @Test
    void a_dry_run_of_a_parked_refund_asks_no_provider_and_moves_no_money() {
        UUID id = service.paid();
        UUID refund = RegistrationPlayed.newId();
        String deadLetter = parked(id, "payment.refund.v1", """
                {"registration": "%s", "refund": "%s", "amount": {"amount": 5000, "currency": "USD"},
                 "reason": "Ada is ill"}""".formatted(id, refund));
        List<String> ledger = service.ledger(id);

        JsonNode shown = done("POST", deadLetter + "/replay?dryRun=true").at("/replay");

        assertThat(shown.at("/outcome").asString()).as(shown.toString()).isEqualTo("applied");
        assertThat(shown.at("/tables")
                        .valueStream()
                        .map(rows -> rows.at("/table").asString()))
                .contains("command_done", "payment");
        assertThat(shown.toString()).doesNotContain("Ada");
        assertThat(refunds(id)).isZero();
        assertThat(service.ledger(id)).isEqualTo(ledger);
        JsonNode replayed = done("POST", deadLetter + "/replay");
        assertThat(replayed.at("/replay/outcome").asString()).isEqualTo("applied");
        service.awaitPublished(id, "payment.captured.v1", "payment.refunded.v1");
        assertThat(refunds(id)).isEqualTo(1);
    }

    @Test
    void a_command_that_was_done_is_superseded() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        String deadLetter =
                parked(id, "payment.close.v1", "{\"registration\": \"%s\", \"reason\": \"expired\"}".formatted(id));
        jdbc.sql(
                        "insert into command_done (id) select (headers::json ->> 'ce_id')::uuid from parked_message where id = ?")
                .param(UUID.fromString(deadLetter.substring(deadLetter.indexOf('.') + 1)))
                .update();

        assertThat(done("POST", deadLetter + "/replay").at("/replay/outcome").asString())
                .isEqualTo("superseded");

        assertThat(service.status(id)).isEqualTo("awaiting");
    }

    @Test
    void only_operators_have_access_and_problems_are_as_everywhere() {
        UUID id = RegistrationPlayed.newId();
        String deadLetter = parked(id, "payment.unheard-of.v1", "{\"registration\": \"%s\"}".formatted(id));
        assertProblem(call("GET", DEAD_LETTERS, null, null), 401, "unauthenticated");
        assertProblem(call("GET", DEAD_LETTERS, service.staff("organiser"), null), 403, "forbidden");
        assertProblem(call("GET", DEAD_LETTERS + "/" + deadLetter, token(id), null), 403, "forbidden");
        assertProblem(
                call("POST", DEAD_LETTERS + "/" + deadLetter + "/replay", service.staff("check-in"), null),
                403,
                "forbidden");
        assertProblem(call("GET", DEAD_LETTERS + "/payment-service." + id, operator(), null), 404, "not-found");
        assertProblem(call("POST", DEAD_LETTERS + "/" + deadLetter + "/discard", operator(), "{"), 400, "malformed");
        Answer missing = call("POST", DEAD_LETTERS + "/" + deadLetter + "/discard", operator(), "{}");
        assertProblem(missing, 422, "invalid");
        assertThat(missing.json().at("/errors/0/field").asString()).isEqualTo("reason");
        assertThat(done("POST", deadLetter + "/replay").at("/replay/reason").asString())
                .isEqualTo("its type is unknown here (PermanentFailure)");
        assertThat(call(
                                "POST",
                                DEAD_LETTERS + "/" + deadLetter + "/discard",
                                operator(),
                                "{\"reason\": \"unknown here\"}")
                        .json()
                        .at("/state")
                        .asString())
                .isEqualTo("discarded");
        assertProblem(
                call("POST", DEAD_LETTERS + "/" + deadLetter + "/replay", operator(), null), 409, "not-allowed-now");
        assertThat(call("GET", DEAD_LETTERS + "?state=discarded", operator(), null)
                        .json()
                        .at("/items/0/id")
                        .asString())
                .isEqualTo(deadLetter);
    }

    @Test
    @DisturbsOthers
    void relay_again_repeats_all_messages_since_an_instant() {
        Instant since = Instant.now();
        UUID id = service.paid();
        // What the cursor has not passed yet would only be sent for the first time.
        await().atMost(SOON).until(() -> outbox.waiting().messages() == 0);

        Answer again =
                call("POST", "/internal/ops/outbox/relay-again", operator(), "{\"since\": \"%s\"}".formatted(since));

        assertThat(again.json().at("/messages").asLong()).isGreaterThanOrEqualTo(1);
        // A reminder has the next sequence, and does not count.
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.registration.published(id))
                        .filteredOn(event -> event.sequence() == 1)
                        .extracting(RegistrationPlayed.Event::type)
                        .containsExactly("payment.captured.v1", "payment.captured.v1"));
    }

    private JsonNode done(String method, String path) {
        Answer answer = call(method, DEAD_LETTERS + "/" + path, operator(), null);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private Answer call(String method, String path, @Nullable String token, @Nullable String body) {
        HttpRequest.Builder request = service.to(path)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return service.send(request);
    }

    private static void assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    private String parked(UUID registration, String type, String body) {
        return new Parked("payment.commands.v1", registration.toString(), type, 0, body).in(jdbc, "payment-service");
    }

    private long rowsOf(UUID registration) {
        return count("select count(*) from payment where registration_id = ?", registration);
    }

    private long refunds(UUID registration) {
        return count("select count(*) from payment_refund where registration_id = ?", registration);
    }

    private long count(String sql, UUID registration) {
        return jdbc.sql(sql).param(registration).query(Long.class).single();
    }

    private String operator() {
        return service.staff("operator");
    }
}
