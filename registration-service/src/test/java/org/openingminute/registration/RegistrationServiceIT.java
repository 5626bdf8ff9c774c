package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.atOnce;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.ServiceFixture.Written;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/** Proves registration over HTTP and the published events, on the running service with its database and broker. */
@RegistrationServiceTest
class RegistrationServiceIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void a_registration_holds_seats_asks_for_the_money_and_says_so() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);

        assertThat(made.text("status")).isEqualTo("pending-payment");
        assertThat(made.number("total.amount")).isEqualTo(10_000);
        assertThat(service.statistics(slug).number("held")).isEqualTo(1);
        service.awaitWritten("payment.commands.v1", made.text("id"), "payment.request.v1");
        service.awaitWritten("registration.events.v1", made.text("id"), "registration.held.v1");
    }

    @Test
    void the_same_request_is_one_registration_and_has_the_same_answer() throws Exception {
        String slug = service.putConference(100, 600);
        String key = newKey();
        List<Reply> replies = atOnce(
                20,
                () -> service.post(
                        "/api/conferences/" + slug + "/registrations", null, key, ServiceFixture.body("seat")));

        assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isEqualTo(201));
        assertThat(replies.stream().map(reply -> reply.raw().body()).distinct()).hasSize(1);
        assertThat(service.statistics(slug).number("held")).isEqualTo(1);
        service.post("/api/conferences/" + slug + "/registrations", null, key, ServiceFixture.body("free"))
                .expectProblem(422, "idempotency-key-reused");
    }

    @Test
    void a_second_registration_of_an_address_is_already_registered() throws Exception {
        String slug = service.putConference(100, 600);
        String path = "/api/admin/conferences/" + slug;
        ObjectNode definition = (ObjectNode)
                service.get(path, staffToken("organiser")).expect(200).body();
        ((ObjectNode) definition.path("registration")).put("onePerAddress", true);
        service.put(path, staffToken("organiser"), definition.toString()).expect(200);

        Map<String, Reply> byKey = new ConcurrentHashMap<>();
        atOnce(20, () -> {
            String key = newKey();
            Reply reply = register(slug, key, "ada@example.org");
            byKey.put(key, reply);
            return reply;
        });

        List<Reply> refused =
                byKey.values().stream().filter(reply -> reply.status() != 201).toList();
        assertThat(refused).hasSize(19).allSatisfy(reply -> reply.expectProblem(409, "already-registered"));
        register(slug, newKey(), "Ada@Example.ORG").expectProblem(409, "already-registered");
        register(slug, newKey(), "grace@example.org").expect(201);
        assertThat(service.statistics(slug).number("held")).isEqualTo(2);
        Map.Entry<String, Reply> first = byKey.entrySet().stream()
                .filter(entry -> entry.getValue().status() == 201)
                .findFirst()
                .orElseThrow();
        assertThat(register(slug, first.getKey(), "ada@example.org").body())
                .as("the reply to the same request")
                .isEqualTo(first.getValue().body());

        service.post(
                        "/api/registrations/" + first.getValue().text("id") + "/cancellation",
                        first.getValue().text("accessToken"),
                        newKey(),
                        null)
                .expect(200);
        register(slug, newKey(), "ada@example.org").expect(201);
    }

    private Reply register(String slug, String key, String address) {
        return service.post(
                "/api/conferences/" + slug + "/registrations",
                null,
                key,
                ServiceFixture.body("seat").replace("ada@example.org", address));
    }

    @Test
    void more_than_there_is_is_never_sold() throws Exception {
        String slug = service.putConference(25, 600);
        List<Reply> replies = atOnce(200, () -> service.register(slug, "seat"));

        assertThat(replies.stream().filter(reply -> reply.status() == 201)).hasSize(25);
        assertThat(replies.stream().filter(reply -> reply.status() != 201))
                .hasSize(175)
                .allSatisfy(reply -> reply.expectProblem(409, "sold-out"));
        assertThat(service.statistics(slug).number("held")).isEqualTo(25);
        assertThat(service.statistics(slug).number("free")).isZero();
    }

    @Test
    void sale_of_which_nothing_counts_against_the_capacity_is_open() {
        String slug = service.putConference(1, 600);
        String path = "/api/admin/conferences/" + slug;
        ObjectNode definition = (ObjectNode)
                service.get(path, staffToken("organiser")).expect(200).body();
        definition
                .at("/registration/categories")
                .forEach(category -> ((ObjectNode) category).put("countsAgainstCapacity", false));
        service.put(path, staffToken("organiser"), definition.toString()).expect(200);

        assertThat(service.send("GET", "/api/conferences/" + slug + "/availability", null, null, null)
                        .expect(200)
                        .text("state"))
                .isEqualTo("open");
    }

    @Test
    void nothing_to_pay_is_confirmed_at_once() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "free").expect(201);

        assertThat(made.text("status")).isEqualTo("confirmed");
        assertThat(made.body().get("holdExpiresAt").isNull()).isTrue();
        Written request = service.awaitWritten("payment.commands.v1", made.text("id"), "payment.request.v1");
        assertThat(request.body().get("payable").asBoolean()).isFalse();
        Written confirmed =
                service.awaitWritten("registration.events.v1", made.text("id"), "registration.confirmed.v1");
        String attendee = made.body().at("/attendees/0/id").asString();
        assertThat(confirmed.body().at("/attendees/0/ticket").asString())
                .startsWith("T1.k1." + slug + "." + attendee + ".0.");
        assertThat(service.get("/api/registrations/" + made.text("id"), made.text("accessToken"))
                        .text("links.ticket"))
                .endsWith("/api/registrations/" + made.text("id") + "/attendees/" + attendee + "/ticket.pdf");
    }

    @Test
    void the_keys_of_tickets_are_for_everyone_and_may_be_kept_for_a_while() {
        Reply keys = service.send("GET", "/.well-known/ticket-keys", null, null, null)
                .expect(200);

        assertThat(keys.body().at("/keys/0/kid").asString()).isEqualTo("k1");
        assertThat(keys.body().at("/keys/0/crv").asString()).isEqualTo("Ed25519");
        assertThat(keys.body().at("/keys/0/d").isMissingNode()).isTrue();
        assertThat(keys.raw().headers().firstValue("Cache-Control")).contains("max-age=300, public");
        assertThat(keys.raw().headers().firstValue("ETag")).isPresent();
    }

    @Test
    void a_mail_outcome_stands_in_the_timeline_once() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "free").expect(201);
        String mails = """
                {"registration": "%s", "mails": [{"id": "%s", "kind": "confirmation", "state": "sent",
                 "at": "2026-02-02T17:02:00Z"}]}""".formatted(made.text("id"), UUID.randomUUID());
        service.publish("notification.events.v1", made.text("id"), "mail.sent.v1", 1, mails);
        service.publish("notification.events.v1", made.text("id"), "mail.sent.v1", 2, mails);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.timeline(made)).contains("Mail sent"));
        service.publish("notification.events.v1", made.text("id"), "mail.sent.v1", 3, mails);
        assertThat(service.timeline(made)).containsOnlyOnce("Mail sent");
    }

    @Test
    void first_lines_of_a_timeline_that_were_written_are_shown_once() {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        List<String> derived = service.timeline(made);
        jdbc.sql("update registration set began_as = null where id = :id::uuid")
                .param("id", made.text("id"))
                .update();
        assertThat(service.timeline(made)).isEmpty();
        for (String what : derived) {
            jdbc.sql("insert into timeline (registration_id, at, what) values (:id::uuid, now(), :what)")
                    .param("id", made.text("id"))
                    .param("what", what)
                    .update();
        }

        assertThat(service.timeline(made)).isEqualTo(derived).containsExactly("Registered", "Seats held");
    }

    @Test
    void timeline_items_have_codes_where_their_version_knew_some() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        jdbc.sql("""
                insert into timeline (registration_id, at, what, detail)
                values (:registration::uuid, now(), 'Mail sent', 'pay now')
                """).param("registration", made.text("id")).update();

        List<String> codes = new ArrayList<>();
        service.get("/api/registrations/" + made.text("id") + "/timeline", made.text("accessToken"))
                .body()
                .get("items")
                .forEach(item -> codes.add(item.get("code").asString("none") + ": "
                        + item.get("what").asString()));
        assertThat(codes)
                .contains("registered: Registered", "seats-held: Seats held")
                .anyMatch(item -> item.endsWith(": Mail sent") && !item.startsWith("mail-sent"));
    }

    @Test
    void a_hold_is_extended_once() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String path = "/api/registrations/" + made.text("id") + "/hold-extension";

        Reply extended =
                service.post(path, made.text("accessToken"), null, null).expect(200);
        assertThat(extended.text("holdExpiresAt")).isGreaterThan(made.text("holdExpiresAt"));
        service.post(path, made.text("accessToken"), null, null).expectProblem(409, "not-allowed-now");
    }

    @Test
    void a_limit_below_what_is_held_is_refused_and_a_lost_race_too() {
        String slug = service.putConference(2, 600);
        service.register(slug, "seat").expect(201);
        service.register(slug, "seat").expect(201);
        String path = "/api/admin/conferences/" + slug;
        Reply now = service.get(path, staffToken("organiser")).expect(200);

        service.put(
                        path,
                        staffToken("organiser"),
                        now.raw().body().replaceFirst("\"capacity\" ?: ?2", "\"capacity\":1"))
                .expectProblem(422, "invalid");
        service.put(path, staffToken("operator"), now.raw().body()).expectProblem(403, "forbidden");
    }

    @ParameterizedTest
    @CsvSource({
        "-12:00, 2026-02-02T11:46:00Z, 2026-02-01",
        "Etc/GMT+12, 2026-02-02T11:46:00Z, 2026-02-01",
        "+14:00, 2026-02-02T10:00:00Z, 2026-02-03",
        "GMT+8, 2026-02-02T16:00:00Z, 2026-02-03",
        "Z, 2026-02-02T23:46:00Z, 2026-02-02",
        "Asia/Kathmandu, 2026-02-02T18:16:00Z, 2026-02-03",
        "Australia/Lord_Howe, 2026-02-02T13:00:00Z, 2026-02-03"
    })
    void days_are_counted_in_the_zone_of_the_conference(String zone, Instant madeAt, String day) {
        String slug = service.putConference(2, 600);
        String path = "/api/admin/conferences/" + slug;
        String definition = service.get(path, staffToken("organiser")).raw().body();
        service.put(path, staffToken("organiser"), definition.replace("America/Los_Angeles", zone))
                .expect(200);
        service.moveTo(madeAt.toString());
        service.register(slug, "seat").expect(201);

        assertThat(service.statistics(slug).text("byDay.0.day")).isEqualTo(day);
    }

    @Test
    void public_responses_have_an_etag() {
        String slug = service.putConference(2, 600);
        for (String path :
                List.of("/api/conferences", "/api/conferences/" + slug, "/api/conferences/" + slug + "/availability")) {
            Reply reply = service.send("GET", path, null, null, null).expect(200);
            assertThat(reply.raw().headers().firstValue("ETag")).as(path).isPresent();
            assertThat(reply.raw().headers().firstValue("Cache-Control"))
                    .hasValueSatisfying(value -> assertThat(value).contains("public"));
        }
    }

    @Test
    void tokens_are_checked_before_anything_is_looked_for() {
        String slug = service.putConference(2, 600);
        Reply one = service.register(slug, "seat").expect(201);
        Reply other = service.register(slug, "seat").expect(201);

        service.send("GET", "/api/registrations/" + one.text("id"), null, null, null)
                .expectProblem(401, "unauthenticated");
        service.get("/api/registrations/" + one.text("id"), "k1.nonsense").expectProblem(401, "unauthenticated");
        service.get("/api/registrations/" + one.text("id"), other.text("accessToken"))
                .expectProblem(403, "forbidden");
        service.get("/api/registrations/" + UUID.randomUUID(), other.text("accessToken"))
                .expectProblem(403, "forbidden");
        service.get("/api/registrations/" + UUID.randomUUID(), staffToken("organiser"))
                .expectProblem(404, "not-found");
        service.send("GET", "/api/registrations/no-id", null, null, null).expectProblem(401, "unauthenticated");
        service.get("/api/registrations/no-id", other.text("accessToken")).expectProblem(403, "forbidden");
        service.get("/api/registrations/no-id", staffToken("organiser")).expectProblem(404, "not-found");
        service.get("/api/registrations/" + one.text("id"), staffToken("https://elsewhere.example", "organiser"))
                .expectProblem(401, "unauthenticated");
        service.get("/api/registrations/" + one.text("id") + "/timeline", one.text("accessToken"))
                .expect(200);
    }

    @Test
    void write_at_another_revision_is_changed() {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        String path = "/api/registrations/" + made.text("id");
        String token = made.text("accessToken");
        String seen = service.read(made).raw().headers().firstValue("ETag").orElseThrow();

        service.send("POST", path + "/hold-extension", token, null, null, "If-Match", seen)
                .expect(200);

        for (String act : List.of("/hold-extension", "/offer", "/new-link", "/cancellation")) {
            service.send("POST", path + act, token, newKey(), null, "If-Match", seen)
                    .expectProblem(412, "changed");
        }
        service.send("POST", path + "/cancellation", token, newKey(), null, "If-Match", "*")
                .expect(200);
    }

    @Test
    void unknown_field_of_a_cancellation_is_told_after_key_and_token() {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        String path = "/api/registrations/" + made.text("id") + "/cancellation";
        String misspelt = "{\"refnud\": null}";

        service.post(path, null, null, misspelt).expectProblem(400, "idempotency-key-missing");
        service.post(path, null, newKey(), misspelt).expectProblem(401, "unauthenticated");
        Reply told =
                service.post(path, made.text("accessToken"), newKey(), misspelt).expectProblem(422, "invalid");

        assertThat(told.text("errors.0.field")).isEqualTo("refnud");
    }

    @Test
    void body_of_a_cancellation_is_json_or_absent() {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        String path = "/api/registrations/" + made.text("id") + "/cancellation";
        String token = made.text("accessToken");

        for (String type : List.of("text/plain", "application/x-www-form-urlencoded")) {
            service.send("POST", path, token, newKey(), "{}", "Content-Type", type)
                    .expectProblem(415, "unsupported-media-type");
        }
        assertThat(service.read(made).text("status")).isNotEqualTo("cancelled");

        service.post(path, token, newKey(), null).expect(200);
    }
}
