package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.captured;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.testing.Parked;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves dry runs and replays of dead letters, and republishing, on the running service with its database and broker. */
@RegistrationServiceTest
@Import(ServiceFixture.Alone.class)
class OperatorsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Outbox outbox;

    private static final String DEAD_LETTERS = "/internal/ops/dead-letters";

    @Test
    void a_dry_run_shows_what_the_replay_writes() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        UUID capture = UUID.randomUUID();
        String deadLetter = parkedCapture(id, 1, capture);
        service.awaitWritten("registration.events.v1", id, "registration.held.v1");
        // Waits until the opening of the sale has been published, because the tables must not change otherwise.
        await().atMost(SOON)
                .until(() -> jdbc.sql(
                                        "select count(*) from conference where notices_due_at = '-infinity' or slug not in (select conference from conference_news)")
                                .query(Integer.class)
                                .single()
                        == 0);
        service.awaitWritten("conference.events.v1", slug, "conference.sale-opened.v1");
        // The desk's index is one of these tables, and may lag by a second.
        await().atMost(SOON)
                .until(() -> jdbc.sql("select exists (select from desk_registration where id = ?::uuid)")
                        .param(id)
                        .query(Boolean.class)
                        .single());
        Map<String, Long> before = everything();

        JsonNode shown = act(deadLetter, "/replay?dryRun=true").at("/replay");

        assertThat(shown.at("/outcome").asString()).isEqualTo("applied");
        assertThat(shown.at("/tables")
                        .valueStream()
                        .map(rows -> rows.at("/table").asString()))
                .containsExactly("inbox", "inventory", "outbox", "quota", "registration", "sale_count", "timeline");
        assertThat(shown.at("/tables/4").toString())
                .isEqualTo("{\"table\":\"registration\",\"inserted\":0,\"updated\":1,\"deleted\":0}");
        assertThat(shown.at("/messages")
                        .valueStream()
                        .map(messageCount -> messageCount.at("/type").asString()))
                .containsExactlyInAnyOrder("registration.confirmed.v1", "payment.keep.v1");
        assertThat(shown.toString()).contains(id).doesNotContain("Ada", "Lovelace", "ada@example.org");
        assertThat(everything()).isEqualTo(before);
        assertThat(service.read(made).text("status")).isEqualTo("pending-payment");

        JsonNode replayed = act(deadLetter, "/replay");

        assertThat(replayed.at("/replay/outcome").asString()).isEqualTo("applied");
        assertThat(replayed.at("/state").asString()).isEqualTo("replayed");
        assertThat(service.read(made).text("status")).isEqualTo("confirmed");
        service.post(DEAD_LETTERS + "/" + deadLetter + "/replay", operator(), null, null)
                .expectProblem(409, "not-allowed-now");
    }

    @Test
    void a_parked_capture_is_superseded_by_a_later_refund() {
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String id = made.text("id");
        UUID capture = UUID.randomUUID();
        String deadLetter = parkedCapture(id, 1, capture);
        service.publishPayment(id, "payment.refunded.v1", 2, refunded(id, capture));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.read(made).number("payment.refunded.amount"))
                        .isEqualTo(10_000));
        String state = service.read(made).body().toString();

        assertThat(act(deadLetter, "/replay?dryRun=true").at("/replay/outcome").asString())
                .isEqualTo("superseded");
        JsonNode replayed = act(deadLetter, "/replay");

        assertThat(replayed.at("/replay/outcome").asString()).isEqualTo("superseded");
        assertThat(replayed.at("/state").asString()).isEqualTo("replayed");
        assertThat(service.read(made).body().toString()).isEqualTo(state);
    }

    @Test
    void payment_without_a_registration_is_parked_and_discarded() {
        String nobody = UUID.randomUUID().toString();
        service.publishPayment(nobody, "payment.captured.v1", 1, captured(nobody, 10_000, 10_000, UUID.randomUUID()));
        JsonNode deadLetter = await().atMost(SOON)
                .until(
                        () -> service.get(DEAD_LETTERS + "?state=open&limit=200", operator())
                                .expect(200)
                                .body()
                                .at("/items"),
                        items -> items.valueStream()
                                .anyMatch(one -> one.at("/key").asString().equals(nobody)))
                .valueStream()
                .filter(one -> one.at("/key").asString().equals(nobody))
                .findFirst()
                .orElseThrow();
        String id = deadLetter.at("/id").asString();
        String path = DEAD_LETTERS + "/" + id;

        assertThat(deadLetter.at("/reason").asString()).isEqualTo("the payment is of no registration here");
        assertThat(act(id, "/replay?dryRun=true").at("/replay/reason").asString())
                .startsWith("the payment is of no registration here");
        Reply whole = service.get(path, operator()).expect(200);
        assertThat(whole.text("payload.registration")).isEqualTo(nobody);
        assertThat(whole.number("payload.captured.amount")).isEqualTo(10_000);
        service.post(path + "/discard", operator(), null, "{\"reason\": \"no such registration\"}")
                .expect(200);
        Reply after = service.get(path, operator()).expect(200);
        assertThat(after.text("state")).isEqualTo("discarded");
        assertThat(after.text("acts.0.what")).isEqualTo("dry-run");
        assertThat(after.text("acts.1.who")).isEqualTo("operator");
        assertThat(after.text("acts.1.person")).isEqualTo("The person of operator");
        assertThat(after.text("acts.1.why")).isEqualTo("no such registration");
    }

    @Test
    void only_operators_have_access_and_problems_are_as_everywhere() {
        String deadLetter = parkedCapture(UUID.randomUUID().toString(), 1, UUID.randomUUID());
        String path = DEAD_LETTERS + "/" + deadLetter;
        String reason = "{\"reason\": \"mended\"}";
        for (String call : List.of("/replay", "/discard")) {
            service.post(path + call, null, null, reason).expectProblem(401, "unauthenticated");
            service.post(path + call, staffToken("organiser"), null, reason).expectProblem(403, "forbidden");
        }
        for (String read : List.of(DEAD_LETTERS, path)) {
            service.get(read, staffToken("organiser")).expectProblem(403, "forbidden");
            service.get(read, "nonsense").expectProblem(401, "unauthenticated");
        }
        for (String unknown : List.of(
                "registration-service." + UUID.randomUUID(),
                deadLetter.replace("registration-service", "payment-service"),
                deadLetter.substring(deadLetter.indexOf('.') + 1),
                "x")) {
            service.get(DEAD_LETTERS + "/" + unknown, operator()).expectProblem(404, "not-found");
            service.post(DEAD_LETTERS + "/" + unknown + "/replay", operator(), null, null)
                    .expectProblem(404, "not-found");
            service.post(DEAD_LETTERS + "/" + unknown + "/discard", operator(), null, reason)
                    .expectProblem(404, "not-found");
        }
        for (String query : List.of("state=lost", "limit=0", "limit=201", "limit=x", "after=x")) {
            Reply reply = service.get(DEAD_LETTERS + "?" + query, operator()).expectProblem(422, "invalid");
            assertThat(query).startsWith(reply.text("errors.0.field"));
        }
        service.post(path + "/replay?dryRun=maybe", operator(), null, null).expectProblem(422, "invalid");
        for (String malformed : List.of("", "[]", "{", "{\"reason\": 1}", reason + "x")) {
            service.post(path + "/discard", operator(), null, malformed).expectProblem(400, "malformed");
        }
        for (String invalid : List.of(
                "{}", "{\"reason\": \" \"}", "{\"reason\": null}", "{\"reason\": \"" + "x".repeat(501) + "\"}")) {
            assertThat(service.post(path + "/discard", operator(), null, invalid)
                            .expectProblem(422, "invalid")
                            .text("errors.0.field"))
                    .isEqualTo("reason");
        }
        assertThat(service.post(path + "/discard", operator(), null, "{\"reason\": \"x\", \"more\": 1}")
                        .expectProblem(422, "invalid")
                        .text("errors.0.field"))
                .isEqualTo("more");
        assertThat(service.get(path, operator()).text("state")).isEqualTo("open");
    }

    @Test
    void an_operator_republishes_everything_since_an_instant() {
        String path = "/internal/ops/outbox/relay-again";
        for (String invalid : List.of("{}", "{\"since\": null}", "{\"since\": \"yesterday\"}")) {
            assertThat(service.post(path, operator(), null, invalid)
                            .expectProblem(422, "invalid")
                            .text("errors.0.field"))
                    .isEqualTo("since");
        }
        service.post(path, operator(), null, "{\"since\": 1}").expectProblem(400, "malformed");
        service.post(path, staffToken("organiser"), null, "{\"since\": \"2026-02-02T09:00:00Z\"}")
                .expectProblem(403, "forbidden");
        String since = jdbc.sql(
                        "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                .query(String.class)
                .single();
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        service.awaitWritten("registration.events.v1", made.text("id"), "registration.held.v1");
        // What the cursor has not passed yet would only be sent for the first time.
        await().atMost(SOON).until(() -> outbox.waiting().messages() == 0);

        Reply again = service.post(path, operator(), null, "{\"since\": \"" + since + "\"}")
                .expect(200);

        assertThat(again.number("messages")).isGreaterThanOrEqualTo(3);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                service.written("registration.events.v1", made.text("id"), "registration.held.v1"))
                        .hasSize(2));
        // Defined, republished, and published again because the conference is not over; one of them may have been
        // relayed twice.
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(service.written("conference.definitions.v1", slug, "conference.published.v1"))
                                .hasSizeBetween(3, 4));
        assertThat(jdbc.sql(
                                "select who || ', ' || person || ': ' || detail from operator_act where what = 'relay-again' order by id desc")
                        .query(String.class)
                        .list()
                        .getFirst())
                .startsWith("operator, The person of operator: ")
                .endsWith("messages since " + Instant.parse(since));
    }

    private JsonNode act(String deadLetter, String what) {
        return service.post(DEAD_LETTERS + "/" + deadLetter + what, operator(), null, null)
                .expect(200)
                .body();
    }

    private String parkedCapture(String registration, long sequence, UUID capture) {
        String body = captured(registration, 10_000, 10_000, capture);
        return new Parked("payment.events.v1", registration, "payment.captured.v1", sequence, body)
                .in(jdbc, "registration-service");
    }

    private static String refunded(String registration, UUID capture) {
        return """
                {"registration": "%s", "status": "refunded", "due": {"amount": 10000, "currency": "USD"},
                 "captured": {"amount": 10000, "currency": "USD"}, "refunded": {"amount": 10000, "currency": "USD"},
                 "disputed": {"amount": 0, "currency": "USD"},
                 "captures": [{"id": "%s", "amount": {"amount": 10000, "currency": "USD"}, "at": "2026-02-02T17:01:00Z",
                               "answered": true}],
                 "refunds": [{"id": "%s", "amount": {"amount": 10000, "currency": "USD"}, "state": "done",
                              "at": "2026-02-02T17:02:00Z"}],
                 "disputes": [], "failure": null, "receipt": null}
                """.formatted(registration, capture, UUID.randomUUID());
    }

    /** Returns a hash of every table except those of operators' acts and of the relay. */
    private Map<String, Long> everything() {
        Map<String, Long> rows = new TreeMap<>();
        jdbc.sql("""
                select relname from pg_class join pg_namespace n on n.oid = relnamespace
                 where nspname = 'public' and relkind in ('r', 'p') and not relispartition
                   and relname not in ('operator_act', 'outbox_cursor')
                """)
                .query(String.class)
                .list()
                .forEach(table -> rows.put(
                        table, jdbc.sql("""
                                        select coalesce(sum(hashtextextended((to_jsonb(t) - 'present_at')::text, 0)::numeric
                                                            %% 1000000007), 0)::bigint
                                          from %s t
                                        """.formatted(table)).query(Long.class).single()));
        return rows;
    }

    private static String operator() {
        return staffToken("operator");
    }
}
