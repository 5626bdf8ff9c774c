package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.testing.Parked;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves dry runs and replays of parked events, and republishing, on the running service with its database and broker. */
@NotificationServiceApplicationTest
class OperatorsIT {

    private static final String DEAD_LETTERS = "/internal/ops/dead-letters";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Outbox outbox;

    @Test
    void dry_run_of_a_confirmation_sends_nothing_and_its_replay_once() {
        Story story = new Story();
        String deadLetter = parked(story.confirmed());

        JsonNode shown = done("POST", deadLetter + "/replay?dryRun=true").at("/replay");

        assertThat(shown.at("/outcome").asString()).isEqualTo("applied");
        assertThat(shown.at("/tables").toString()).isEqualTo("""
                [{"table":"inbox","inserted":1,"updated":0,"deleted":0},\
                {"table":"mail_due","inserted":1,"updated":0,"deleted":0},\
                {"table":"projection","inserted":1,"updated":0,"deleted":0}]""");
        assertThat(service.rowsOf(story.id)).isEmpty();
        JsonNode read = done("GET", deadLetter);
        assertThat(read.at("/payload/status").asString()).isEqualTo("confirmed");
        assertThat(read.toString()).doesNotContain("Ada", "Lovelace", story.email);

        assertThat(done("POST", deadLetter + "/replay").at("/replay/outcome").asString())
                .isEqualTo("applied");
        soon(() -> assertThat(service.mailsTo(story.email)).hasSize(1));
        assertProblem(ask("POST", deadLetter + "/replay", STAFF.token("operator"), null), 409, "not-allowed-now");
    }

    @Test
    void dead_letter_older_than_its_successors_is_superseded() {
        Story story = new Story();
        String deadLetter = parked(story.held());
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));

        assertThat(done("POST", deadLetter + "/replay").at("/replay/outcome").asString())
                .isEqualTo("superseded");

        assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent");
        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    @Test
    void only_operators_have_access_and_problems_are_as_everywhere() {
        String deadLetter = parked(new Story().held());
        assertProblem(ask("GET", "", null, null), 401, "unauthenticated");
        assertProblem(ask("GET", "", STAFF.token("organiser"), null), 403, "forbidden");
        assertProblem(ask("POST", deadLetter + "/replay", STAFF.token("organiser"), null), 403, "forbidden");
        assertProblem(
                ask("GET", "notification-service." + UUID.randomUUID(), STAFF.token("operator"), null),
                404,
                "not-found");
        assertProblem(ask("POST", deadLetter + "/discard", STAFF.token("operator"), "{"), 400, "malformed");
        HttpResponse<String> missing = ask("POST", deadLetter + "/discard", STAFF.token("operator"), "{}");
        assertProblem(missing, 422, "invalid");
        assertThat(JSON.readTree(missing.body()).at("/errors/0/field").asString())
                .isEqualTo("reason");
        HttpResponse<String> discarded =
                ask("POST", deadLetter + "/discard", STAFF.token("operator"), "{\"reason\": \"mended by hand\"}");
        assertThat(JSON.readTree(discarded.body()).at("/acts/0/why").asString()).isEqualTo("mended by hand");
        assertThat(JSON.readTree(ask("GET", "?state=discarded", STAFF.token("operator"), null)
                                .body())
                        .at("/items/0/id")
                        .asString())
                .isEqualTo(deadLetter);
    }

    @Test
    @DisturbsOthers
    void relay_again_repeats_all_messages_since_an_instant() {
        Instant since = Instant.now();
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(NEIGHBOURS.received(story.id.toString())).hasSize(1));
        // What the cursor has not passed yet would only be sent for the first time.
        soon(() -> assertThat(outbox.waiting().messages()).isZero());

        HttpResponse<String> again = service.call(
                "POST",
                "/internal/ops/outbox/relay-again",
                "{\"since\": \"%s\"}".formatted(since),
                "Authorization",
                "Bearer " + STAFF.token("operator"));

        assertThat(JSON.readTree(again.body()).at("/messages").asLong()).isGreaterThanOrEqualTo(1);
        soon(() -> assertThat(NEIGHBOURS.received(story.id.toString())).hasSize(2));
    }

    private JsonNode done(String method, String path) {
        HttpResponse<String> answer = ask(method, path, STAFF.token("operator"), null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> ask(String method, String path, @Nullable String token, @Nullable String body) {
        String whole = path.isEmpty() || path.startsWith("?") ? DEAD_LETTERS + path : DEAD_LETTERS + "/" + path;
        return token == null
                ? service.call(method, whole, body)
                : service.call(
                        method, whole, body, "Authorization", "Bearer " + token, "Content-Type", "application/json");
    }

    private String parked(Story.Event event) {
        return new Parked(event.topic(), event.key(), event.type(), event.sequence(), event.body())
                .in(jdbc, "notification-service");
    }
}
