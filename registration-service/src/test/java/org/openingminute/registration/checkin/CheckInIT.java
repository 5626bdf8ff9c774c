package org.openingminute.registration.checkin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.atOnce;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.messaging.testing.StatementCounts.Counts;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.lifecycle.TicketSigner.Ticket;
import org.openingminute.registration.registrations.RegistrationRepository.UnpublishedChange;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Proves who is admitted at a gate and who is refused, on the running service with its database. */
@RegistrationServiceTest
class CheckInIT {

    private static final String CHECK_INS = "/api/admin/check-ins";
    private static final String CAME_AGAIN = "already-checked-in";

    /** Part of the statement that finds an attendee by the index. */
    private static final String BY_INDEX = "desk_attendee a join";

    private static final String BY_TIME = "strpos";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private TicketSigner signer;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ApplicationEventPublisher publisher;

    @Test
    void ticket_opens_a_gate_once_and_the_second_time_says_when_and_where() {
        Reply made = confirmed(conference());

        Reply first = checkIn(ticket(made), "north").expect(201);
        Reply again = checkIn(ticket(made), "south").expectProblem(409, CAME_AGAIN);

        assertThat(first.body().propertyNames())
                .containsExactly(
                        "id", "attendee", "registration", "name", "category", "addOns", "gate", "at", "undone");
        assertThat(first.text("attendee")).isEqualTo(attendee(made).toString());
        assertThat(first.text("name")).isEqualTo("Ada Lovelace");
        assertThat(first.text("category")).isEqualTo("free");
        assertThat(first.text("gate")).isEqualTo("north");
        assertThat(again.text("gate")).isEqualTo("north");
        assertThat(again.text("at")).isEqualTo(first.text("at"));
        assertThat(again.text("id")).isEqualTo(first.text("id"));
    }

    @Test
    void hundred_gates_at_once_let_a_ticket_in_once() throws Exception {
        Reply made = confirmed(conference());
        AtomicInteger gates = new AtomicInteger();

        List<Reply> answers = atOnce(100, () -> {
            String gate = "gate " + gates.incrementAndGet();
            // A busy machine may have no connection for a gate within two seconds, and then the gate asks again.
            return await().atMost(ServiceFixture.SOON)
                    .pollDelay(Duration.ZERO)
                    .until(() -> checkIn(ticket(made), gate), answer -> answer.status() != 503);
        });

        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 409))
                .hasSize(99)
                .allSatisfy(answer -> assertThat(answer.text("code")).isEqualTo(CAME_AGAIN));
    }

    @Test
    void repeated_request_gets_its_first_answer() throws Exception {
        Reply made = confirmed(conference());
        String key = newKey();
        String body = byTicket(ticket(made), "north");

        List<Reply> answers = atOnce(10, () -> service.post(CHECK_INS, helper(), key, body));

        assertThat(answers).allSatisfy(answer -> answer.expect(201));
        assertThat(answers.stream().map(answer -> answer.raw().body()).distinct())
                .hasSize(1);
        service.post(CHECK_INS, helper(), key, byTicket(ticket(made), "south"))
                .expectProblem(422, "idempotency-key-reused");

        String undo = CHECK_INS + "/" + answers.getFirst().text("id") + "/undo";
        String reason = "{\"reason\": \"wrong person\"}";
        Reply undone = service.post(undo, helper(), null, reason).expect(200);
        assertThat(service.post(undo, helper(), null, reason).expect(200).raw().body())
                .isEqualTo(undone.raw().body());
        assertThat(service.post(CHECK_INS, helper(), key, body)
                        .expect(201)
                        .raw()
                        .body())
                .isEqualTo(answers.getFirst().raw().body());
    }

    @Test
    void gates_of_two_conferences_may_use_the_same_key() {
        String key = newKey();
        for (Reply made : List.of(confirmed(conference()), confirmed(conference()))) {
            service.post(CHECK_INS, helper(), key, byTicket(ticket(made), "north"))
                    .expect(201);
        }
    }

    @Test
    void attendee_found_by_name_needs_no_ticket() {
        Reply made = confirmed(conference());
        String body = "{\"attendee\": \"" + attendee(made) + "\", \"gate\": \"desk\"}";

        service.post(CHECK_INS, helper(), null, body).expect(201);
        service.post(CHECK_INS, helper(), null, body).expectProblem(409, CAME_AGAIN);
        checkIn(ticket(made), "north").expectProblem(409, CAME_AGAIN);
    }

    /** One statement finds the attendee by index, one inserts the check-in and one the audit row. */
    @Test
    void check_in_costs_three_statements_and_reads_no_other_registration() {
        String slug = conference();
        List<Reply> made = List.of(confirmed(slug), confirmed(slug), confirmed(slug), confirmed(slug), confirmed(slug));
        made.forEach(this::awaitIndexed);
        StatementCounts statements = StatementCounts.of(jdbc);
        Counts before = statements.now();

        for (Reply one : made) {
            service.post(CHECK_INS, helper(), newKey(), byTicket(ticket(one), "north"))
                    .expect(201);
        }

        Counts counts = statements.now().since(before);
        assertThat(counts.sum(text -> text.contains(BY_INDEX))).isEqualTo(made.size());
        assertThat(counts.sum(text -> text.contains("check_in"))).isEqualTo(made.size());
        assertThat(counts.sum(text -> text.contains("into audit"))).isEqualTo(made.size());
        assertThat(counts.sum(text -> text.contains(BY_TIME))).isZero();
    }

    /** Deletes the entries, as if the index had not received the registration yet. */
    @Test
    void registration_of_a_moment_ago_is_found_before_the_index_has_it() {
        Reply made = confirmed(conference());
        awaitIndexed(made);
        UUID id = UUID.fromString(made.text("id"));
        jdbc.sql("delete from desk_attendee where registration = ?").param(id).update();
        jdbc.sql("delete from desk_registration where id = ?").param(id).update();
        StatementCounts statements = StatementCounts.of(jdbc);
        Counts before = statements.now();

        checkIn(ticket(made), "north").expect(201);

        assertThat(statements.now().since(before).sum(text -> text.contains(BY_TIME)))
                .isEqualTo(1);
    }

    @Test
    void attendee_whose_id_is_older_than_the_registration_is_found() {
        Reply made = confirmed(conference());
        UUID old = UUID.fromString("018d0000-0000-7000-8000-" + made.text("id").substring(24));
        jdbc.sql("update registration set document = replace(document::text, :now, :old)::json where id = :id")
                .param("now", attendee(made).toString())
                .param("old", old.toString())
                .param("id", UUID.fromString(made.text("id")))
                .update();
        publisher.publishEvent(new UnpublishedChange(Set.of(UUID.fromString(made.text("id")))));

        assertThat(checkIn(signer.sign(new Ticket(made.text("conference"), old, 0)), "north")
                        .expect(201)
                        .text("attendee"))
                .isEqualTo(old.toString());
    }

    @Test
    void ticket_that_does_not_count_is_refused_with_the_reason() {
        String slug = conference();
        Reply cancelled = confirmed(slug);
        service.post(
                        "/api/admin/registrations/" + cancelled.text("id") + "/cancellation",
                        staffToken("organiser"),
                        newKey(),
                        "{\"reason\": \"asked for\"}")
                .expect(200);
        Reply disputed = disputed(slug);
        Reply unpaid = service.register(slug, "seat").expect(201);

        assertThat(refused(checkIn(ticket(cancelled), "north"))).isEqualTo("ended");
        assertThat(refused(checkIn(ticket(disputed), "north"))).isEqualTo("frozen");
        assertThat(refused(service.post(
                        CHECK_INS, helper(), null, "{\"attendee\": \"" + attendee(unpaid) + "\", \"gate\": \"desk\"}")))
                .isEqualTo("none");
        Reply elsewhere = confirmed(conference());
        assertThat(refused(service.post(
                        CHECK_INS,
                        helper(),
                        null,
                        byTicket(ticket(elsewhere), "north").replaceFirst("}", ", \"conference\": \"" + slug + "\"}"))))
                .isEqualTo("other-conference");
        assertThat(endedTickets(slug))
                .containsExactlyInAnyOrder(attendee(cancelled) + " 0 ended", attendee(disputed) + " 0 frozen");
    }

    @Test
    void forged_ticket_is_none_of_ours() {
        Reply made = confirmed(conference());
        String ticket = ticket(made);
        for (String forged : List.of(
                ticket.replace("." + attendee(made) + ".", "." + UUID.randomUUID() + "."),
                ticket.replaceFirst("T1", "T2"),
                ticket.substring(0, ticket.length() - 1),
                ticket.replaceFirst("k1", "k9"),
                "https://example.org/ticket",
                "x".repeat(2_000),
                signer.sign(new Ticket(made.text("conference"), UUID.randomUUID(), 0)))) {
            Reply refused = checkIn(forged, "north").expectProblem(422, "invalid");
            assertThat(refused.text("errors.0.field")).isEqualTo("ticket");
        }
        service.post(CHECK_INS, helper(), null, "{\"attendee\": \"" + UUID.randomUUID() + "\", \"gate\": \"x\"}")
                .expectProblem(422, "invalid");
        for (String wrong : List.of(
                "{}",
                "{\"gate\": \"x\"}",
                "{\"ticket\": \"x\", \"attendee\": \"" + UUID.randomUUID() + "\", \"gate\": \"x\"}",
                "{\"ticket\": \"x\"}",
                "{\"ticket\": \"x\", \"gate\": \" \"}",
                "{\"ticket\": \"x\", \"gate\": \"x\", \"at\": \"today\"}",
                "{\"ticket\": \"x\", \"gate\": \"x\", \"conference\": \"No Slug\"}")) {
            service.post(CHECK_INS, helper(), null, wrong).expectProblem(422, "invalid");
        }
    }

    @Test
    void undone_check_in_opens_the_gate_again() {
        Reply made = confirmed(conference());
        String first = checkIn(ticket(made), "north").expect(201).text("id");
        String undo = CHECK_INS + "/" + first + "/undo";

        service.post(undo, helper(), null, "{}").expectProblem(422, "invalid");
        Reply undone = service.post(undo, helper(), null, "{\"reason\": \"wrong person\"}")
                .expect(200);
        assertThat(undone.text("undone.why")).isEqualTo("wrong person");
        assertThat(undone.text("undone.who")).isEqualTo("check-in");
        service.post(undo, helper(), null, "{\"reason\": \"again\"}").expectProblem(409, "not-allowed-now");
        service.post(CHECK_INS + "/" + UUID.randomUUID() + "/undo", helper(), null, "{\"reason\": \"x\"}")
                .expectProblem(404, "not-found");

        checkIn(ticket(made), "south").expect(201);
        checkIn(ticket(made), "north").expectProblem(409, CAME_AGAIN);
    }

    @Test
    void scans_made_offline_keep_their_time_unless_a_clock_was_wrong() {
        String slug = conference();
        service.moveTo("2026-01-20T17:00:00Z");

        assertThat(cameAt(slug, "2026-01-20T16:30:00Z")).isEqualTo("2026-01-20T16:30:00Z");
        assertThat(cameAt(slug, "2026-01-02T00:00:00Z")).isEqualTo("2026-01-02T00:00:00Z");
        assertThat(cameAt(slug, "2031-01-01T00:00:00Z")).as("in the future").startsWith("2026-01-20T17:");
        assertThat(cameAt(slug, "2025-12-31T00:00:00Z")).as("before the sale").startsWith("2026-01-20T17:");
        service.moveTo("2026-02-02T17:00:00Z");
        assertThat(cameAt(slug, "2026-01-02T00:00:00Z"))
                .as("more than a month ago")
                .startsWith("2026-02-02T17:");
    }

    private String cameAt(String slug, String instant) {
        return service.post(CHECK_INS, helper(), null, at(confirmed(slug), instant))
                .expect(201)
                .text("at");
    }

    @Test
    void door_counts_and_lists_who_is_in() {
        String slug = conference();
        Reply north = confirmed(slug);
        Reply south = paid(slug);
        confirmed(slug);
        Reply undone = confirmed(slug);
        checkIn(ticket(north), "north").expect(201);
        checkIn(ticket(south), "south").expect(201);
        String id = checkIn(ticket(undone), "south").expect(201).text("id");
        service.post(CHECK_INS + "/" + id + "/undo", helper(), null, "{\"reason\": \"left\"}")
                .expect(200);
        String door = "/api/admin/conferences/" + slug + "/check-ins";

        Reply counts = service.get(door + "/counts", helper()).expect(200);

        assertThat(counts.number("expected")).isEqualTo(4);
        assertThat(counts.number("in")).isEqualTo(2);
        assertThat(counts.body().at("/byGate").toString())
                .isEqualTo("[{\"gate\":\"north\",\"in\":1},{\"gate\":\"south\",\"in\":1}]");
        assertThat(counts.body().at("/byCategory").toString())
                .isEqualTo("[{\"code\":\"seat\",\"expected\":1,\"in\":1},{\"code\":\"free\",\"expected\":3,\"in\":1}]");
        JsonNode page = service.get(door + "?limit=2", helper()).expect(200).body();
        assertThat(page.at("/items/0/undone/why").asString()).isEqualTo("left");
        assertThat(page.at("/items/1/gate").asString()).isEqualTo("south");
        JsonNode rest = service.get(door + "?after=" + page.at("/next").asString(), helper())
                .body();
        assertThat(rest.at("/items")).hasSize(1);
        assertThat(rest.at("/next").isNull()).isTrue();
        assertThat(service.get(door + "?gate=north", helper()).body().at("/items"))
                .hasSize(1);
        for (String wrong : List.of("limit=0", "limit=x", "after=x")) {
            service.get(door + "?" + wrong, helper()).expectProblem(422, "invalid");
        }
    }

    @Test
    void counts_are_read_once_a_second_however_many_gates_ask() {
        String path = "/api/admin/conferences/" + conference() + "/check-ins/counts";
        StatementCounts statements = StatementCounts.of(jdbc);
        Counts before = statements.now();

        for (int i = 0; i < 20; i++) {
            service.get(path, helper()).expect(200);
        }

        Counts counts = statements.now().since(before);
        assertThat(counts.sum(text -> text.contains("group by gate, category")))
                .isPositive()
                .isLessThanOrEqualTo(1 + counts.seconds());
    }

    @Test
    void gate_without_a_network_knows_who_is_in() {
        String slug = conference();
        Reply in = confirmed(slug);
        Reply undone = confirmed(slug);
        String at = checkIn(ticket(in), "north").expect(201).text("at");
        String id = checkIn(ticket(undone), "north").expect(201).text("id");
        String path = "/api/admin/conferences/" + slug + "/check-ins/current";
        HttpResponse<String> both = service.get(path, helper()).expect(200).raw();
        String tag = both.headers().firstValue("ETag").orElseThrow();

        StatementCounts statements = StatementCounts.of(jdbc);
        Counts before = statements.now();
        HttpResponse<String> same = service.send("GET", path, helper(), null, null, "If-None-Match", tag)
                .expect(304)
                .raw();
        assertThat(statements.now().since(before).sum(text -> text.contains("undone_at is null order by attendee_id")))
                .as("lists built although nothing had changed")
                .isZero();
        assertThat(asOf(same)).isAfter(asOf(both));
        service.post(CHECK_INS + "/" + id + "/undo", helper(), null, "{\"reason\": \"left\"}")
                .expect(200);

        Reply one = service.send("GET", path, helper(), null, null, "If-None-Match", tag)
                .expect(200);
        assertThat(one.body().at("/items").toString())
                .isEqualTo("[{\"attendee\":\"" + attendee(in) + "\",\"gate\":\"north\",\"at\":\"" + at + "\"}]");
        assertThat(one.text("asOf")).isNotEmpty();
        String newer = one.raw().headers().firstValue("ETag").orElseThrow();
        checkIn(ticket(undone), "south").expect(201);
        service.send("GET", path, helper(), null, null, "If-None-Match", newer).expect(200);
    }

    private static Instant asOf(HttpResponse<String> answer) {
        return Instant.parse(answer.headers().firstValue("As-Of").orElseThrow());
    }

    @Test
    void list_of_ended_tickets_is_sent_again_only_if_it_has_changed() {
        String slug = conference();
        confirmed(slug);
        String path = "/api/admin/conferences/" + slug + "/ended-tickets";
        HttpResponse<String> first = service.get(path, helper()).expect(200).raw();
        String tag = first.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> same = service.send("GET", path, helper(), null, null, "If-None-Match", tag)
                .expect(304)
                .raw();
        assertThat(asOf(same)).isAfterOrEqualTo(asOf(first));
        Reply cancelled = confirmed(slug);
        service.post(
                        "/api/registrations/" + cancelled.text("id") + "/cancellation",
                        cancelled.text("accessToken"),
                        newKey(),
                        null)
                .expect(200);
        service.send("GET", path, helper(), null, null, "If-None-Match", tag).expect(200);
        assertThat(endedTickets(slug)).containsExactly(attendee(cancelled) + " 0 ended");
    }

    @Test
    void helper_of_one_conference_lets_nobody_else_in() {
        String slug = conference();
        Reply made = confirmed(slug);
        String elsewhere = staffToken("check-in:elsewhere-2026");

        service.post(CHECK_INS, elsewhere, null, byTicket(ticket(made), "north"))
                .expectProblem(403, "forbidden");
        service.post(CHECK_INS, staffToken("finance"), null, byTicket(ticket(made), "north"))
                .expectProblem(403, "forbidden");
        String id = service.post(CHECK_INS, staffToken("check-in:" + slug), null, byTicket(ticket(made), "north"))
                .expect(201)
                .text("id");
        service.post(CHECK_INS + "/" + id + "/undo", elsewhere, null, "{\"reason\": \"x\"}")
                .expectProblem(403, "forbidden");
    }

    private String conference() {
        return service.putConference(200, 600);
    }

    private Reply confirmed(String slug) {
        Reply made = service.register(slug, "free").expect(201);
        assertThat(made.text("status")).isEqualTo("confirmed");
        return made;
    }

    private Reply paid(String slug) {
        Reply made = service.register(slug, "seat").expect(201);
        service.pay(made, 10_000, 1);
        service.awaitStatus(made, "confirmed");
        return made;
    }

    /** Creates a registration whose payment is in dispute. */
    private Reply disputed(String slug) {
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        String paid = ServiceFixture.captured(id, 10_000, 10_000, UUID.randomUUID());
        service.publishPayment(id, "payment.captured.v1", 1, paid);
        service.publishPayment(
                id,
                "payment.disputed.v1",
                2,
                paid.replace("\"captured\",", "\"disputed\",")
                        .replace("\"disputes\": []", """
                        "disputes": [{"id": "%s", "state": "open", "amount": {"amount": 10000, "currency": "USD"},
                                      "at": "2026-02-03T17:01:00Z"}]""".formatted(UUID.randomUUID())));
        await().atMost(ServiceFixture.SOON).until(() -> service.timeline(made).contains("Payment disputed"));
        return made;
    }

    private void awaitIndexed(Reply made) {
        await().atMost(ServiceFixture.SOON)
                .until(() -> jdbc.sql("select exists (select from desk_attendee where id = ?)")
                        .param(attendee(made))
                        .query(Boolean.class)
                        .single());
    }

    private static UUID attendee(Reply made) {
        return UUID.fromString(made.body().at("/attendees/0/id").asString());
    }

    private String ticket(Reply made) {
        return signer.sign(new Ticket(made.text("conference"), attendee(made), 0));
    }

    private static String helper() {
        return staffToken("check-in");
    }

    private Reply checkIn(String ticket, String gate) {
        return service.post(CHECK_INS, helper(), null, byTicket(ticket, gate));
    }

    private static String byTicket(String ticket, String gate) {
        return "{\"ticket\": \"%s\", \"gate\": \"%s\"}".formatted(ticket, gate);
    }

    private String at(Reply made, String instant) {
        return "{\"ticket\": \"%s\", \"gate\": \"phone\", \"at\": \"%s\"}".formatted(ticket(made), instant);
    }

    private static String refused(Reply answer) {
        return answer.expectProblem(409, "not-allowed-now").text("ticket");
    }

    private List<String> endedTickets(String slug) {
        return service.get("/api/admin/conferences/" + slug + "/ended-tickets", helper())
                .expect(200)
                .body()
                .at("/items")
                .valueStream()
                .map(item -> item.at("/attendee").asString() + " "
                        + item.at("/generation").asInt() + " "
                        + item.at("/state").asString())
                .toList();
    }
}
