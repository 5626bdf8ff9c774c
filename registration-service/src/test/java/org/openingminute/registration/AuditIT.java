package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.AuditMatrix;
import org.openingminute.messaging.testing.Parked;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.pages.Browser;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Proves that every read and act of staff writes an audit row and that organisers can read it, on the running service with its database.
 */
@RegistrationServiceTest
class AuditIT implements AuditMatrix {

    private static final byte[] PDF = "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII);
    private static final String REASON = "{\"reason\": \"a mistake\"}";
    private static final String AUDIT = "/internal/audit";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Override
    public long rowsOf(String role) {
        return jdbc.sql(
                        "select count(*) from audit where who = ? and role = ? and person is not null and entry is not null")
                .param(role)
                .param(role)
                .query(Long.class)
                .single();
    }

    @Override
    public Map<String, Runnable> acts() {
        Map<String, Runnable> acts = new LinkedHashMap<>();
        String conference = "/api/admin/conferences/{slug}";
        acts.put("PUT " + conference, this::conference);
        acts.put("PUT " + conference + "/sale", () -> put(admin(conference()) + "/sale", "{\"state\": \"paused\"}"));
        acts.put(
                "POST /desk/{slug}",
                () -> service.post("/desk/" + conference() + "?state=paused&message=a%20leak", organiser(), null, null)
                        .expect(303));
        acts.put("PUT " + conference + "/vouchers/{code}", () -> voucher(conference()));
        acts.put("DELETE " + conference + "/vouchers/{code}", () -> {
            String slug = conference();
            voucher(slug);
            service.send("DELETE", admin(slug) + "/vouchers/GUEST", organiser(), null, null)
                    .expect(200);
        });
        acts.put(
                "POST " + conference + "/registrations",
                () -> service.post(
                                admin(conference()) + "/registrations",
                                organiser(),
                                newKey(),
                                ServiceFixture.body("free"))
                        .expect(201));
        acts.put(
                "PUT /api/admin/waiting-room/{slug}",
                () -> put("/api/admin/waiting-room/" + conference(), "{\"mode\": \"on\"}"));
        acts.put(
                "POST /desk/{slug}/waiting-room",
                () -> service.post("/desk/" + conference() + "/waiting-room?mode=on", organiser(), null, null)
                        .expect(303));
        String decisions = "/api/admin/registrations/{id}/";
        acts.put("POST " + decisions + "cancellation", () -> decide(held(), "cancellation", REASON, 200));
        acts.put(
                "PATCH " + decisions + "contact",
                () -> service.send(
                                "PATCH",
                                "/api/admin/registrations/" + held().text("id") + "/contact",
                                organiser(),
                                null,
                                "{\"name\": \"Ada King\", \"reason\": \"married\"}")
                        .expect(200));
        acts.put("POST " + decisions + "mark-paid", () -> decide(held(), "mark-paid", """
                {"reference": "SEPA 1", "amount": {"amount": 10000, "currency": "USD"}, "receivedAt": "2026-02-02T17:00:00Z"}""", 200));
        acts.put("POST " + decisions + "refunds", () -> decide(paid(), "refunds", """
                {"amount": {"amount": 100, "currency": "USD"}, "reason": "a mistake"}""", 202));
        acts.put("POST " + decisions + "review", () -> decide(proved(), "review", "{\"accept\": true}", 200));
        for (String place : List.of("/api/registrations/{id}", "/registrations/{id}")) {
            actsOfRegistrants(acts, place);
        }
        actsOnPages(acts);
        acts.put("POST /api/admin/check-ins", this::checkIn);
        acts.put(
                "POST /api/admin/check-ins/{checkInId}/undo",
                () -> service.post("/api/admin/check-ins/" + checkIn() + "/undo", organiser(), null, REASON)
                        .expect(200));
        acts.put("POST /check-in/{slug}", () -> {
            Reply made = service.register(conference(), "free").expect(201);
            service.post(
                            "/check-in/" + made.text("conference") + "?gate=north&attendee=" + attendee(made),
                            organiser(),
                            null,
                            null)
                    .expect(303);
        });
        acts.put("POST /check-in/{slug}/undo", () -> {
            String id = checkIn();
            String slug = jdbc.sql("select conference from check_in where id = ?::uuid")
                    .param(id)
                    .query(String.class)
                    .single();
            service.post("/check-in/" + slug + "/undo?reason=a%20mistake&id=" + id, organiser(), null, null)
                    .expect(303);
        });
        acts.put("POST /desk/{slug}/transfers/marks", this::markTransfer);
        acts.put("POST /desk/{slug}/proofs/{id}/{attendeeId}", this::acceptOnPage);
        String operations = "/internal/ops/";
        acts.put("POST " + operations + "dead-letters/{id}/discard", () -> operate("discard", REASON));
        acts.put("POST " + operations + "dead-letters/{id}/replay", () -> operate("replay", null));
        acts.put(
                "POST " + operations + "outbox/relay-again",
                () -> service.post(
                                operations + "outbox/relay-again",
                                staffToken("operator"),
                                null,
                                "{\"since\": \"2099-01-01T00:00:00Z\"}")
                        .expect(200));
        acts.put(
                "PUT /internal/staff-sessions/{id}",
                () -> put("/internal/staff-sessions/" + UUID.randomUUID(), "{\"endsAt\": \"2099-01-01T00:00:00Z\"}"));
        return acts;
    }

    @Override
    public Map<String, String> changeNothing() {
        String finds = "finds what transfers are for, and marks none";
        return Map.of(
                "POST /api/admin/conferences/{slug}/transfers", finds,
                "POST /desk/{slug}/transfers", finds,
                "POST /desk/{slug}/transfers/columns", finds,
                "POST /desk/{slug}/transfers/file", finds);
    }

    /** Expects success from the API, and a redirect from a page. */
    private void actsOfRegistrants(Map<String, Runnable> acts, String place) {
        boolean page = place.startsWith("/registrations");
        acts.put("POST " + place + "/hold-extension", () -> post(place, held(), "/hold-extension", page ? 303 : 200));
        acts.put("POST " + place + "/new-link", () -> post(place, held(), "/new-link", page ? 303 : 202));
        acts.put("POST " + place + "/offer", () -> post(place, refused(), "/offer", page ? 303 : 200));
        acts.put(
                "POST " + place + "/cancellation",
                () -> post(
                        place, held(), "/cancellation" + (page ? "?refund=0&key=" + newKey() : ""), page ? 303 : 200));
        acts.put("POST " + place + "/attendees/{" + (page ? "attendee" : "attendeeId") + "}/proof", () -> {
            Reply made = service.register(proofs(), "seat").expect(201);
            service.upload(
                            of(place, made) + "/attendees/" + attendee(made) + "/proof",
                            organiser(),
                            null,
                            "card.pdf",
                            PDF)
                    .expect(page ? 303 : 202);
        });
    }

    private void actsOnPages(Map<String, Runnable> acts) {
        String place = "POST /desk/{slug}/registrations/{id}/";
        acts.put(place + "accept-offer", () -> onPage(refused(), "accept-offer", "reason=asked"));
        acts.put(place + "cancel", () -> onPage(held(), "cancel", "refund=policy&reason=asked"));
        acts.put(
                place + "contact",
                () -> onPage(held(), "contact", "name=Ada%20King&email=ada%40example.org&reason=asked"));
        acts.put(
                place + "mark-paid",
                () -> onPage(held(), "mark-paid", "amount=100&reference=SEPA&receivedAt=2026-02-02"));
        acts.put("POST /desk/{slug}/registrations/new", () -> {
            String slug = conference();
            service.post(
                            "/desk/" + slug + "/registrations/new?key=" + newKey() + "&attendees=1&contact.name=Ada"
                                    + "&contact.email=ada%40example.org&attendees%5B0%5D.category=free"
                                    + "&attendees%5B0%5D.givenName=Ada&attendees%5B0%5D.familyName=Lovelace"
                                    + "&attendees%5B0%5D.email=ada%40example.org&acceptedCodeOfConduct=true&reason=a%20speaker",
                            organiser(),
                            null,
                            null)
                    .expect(303);
        });
        acts.put(place + "new-link", () -> onPage(held(), "new-link", "reason=asked"));
        acts.put(place + "refund", () -> onPage(paid(), "refund", "amount=1.00&reason=asked"));
    }

    @Test
    void rows_say_who_did_what_when_why_and_what_it_changed() {
        String slug = conference();
        put(admin(slug) + "/sale", "{\"state\": \"paused\", \"message\": \"a leak\"}");

        JsonNode row = audit("?conference=" + slug).at("/items/0");

        assertThat(row.propertyNames())
                .containsExactly(
                        "id",
                        "at",
                        "who",
                        "person",
                        "role",
                        "what",
                        "conference",
                        "registration",
                        "before",
                        "after",
                        "why");
        assertThat(row.at("/who").asString()).isEqualTo("organiser");
        assertThat(row.at("/person").asString()).isEqualTo("The person of organiser");
        assertThat(row.at("/role").asString()).isEqualTo("organiser");
        assertThat(row.at("/what").asString()).isEqualTo("paused the sale");
        assertThat(row.at("/at").asString()).startsWith("2026-02-02T17:");
        assertThat(row.at("/before").toString()).isEqualTo("{\"state\":\"open\",\"message\":null}");
        assertThat(row.at("/after/state").asString()).isEqualTo("paused");
        assertThat(row.at("/why").asString()).isEqualTo("a leak");
        assertThat(row.at("/registration").isNull()).isTrue();
    }

    @Test
    void opening_a_registration_and_a_proof_are_rows() {
        Reply made = proved();
        String path = of("/api/registrations/{id}", made);
        service.get(path, staffToken("finance")).expect(200);
        service.get(path, staffToken("operator")).expect(200);
        service.get(path + "/timeline", organiser()).expect(200);
        service.page("/registrations/" + made.text("id"), organiser());
        service.download(
                "/api/admin/registrations/" + made.text("id") + "/attendees/" + attendee(made) + "/proof", organiser());
        service.get(path, made.text("accessToken")).expect(200);

        for (String who : new String[] {"", "&who=person%20of"}) {
            assertThat(rows("?registration=" + made.text("id") + who, "role", "what"))
                    .containsExactly(
                            "organiser opened a proof",
                            "organiser opened a registration",
                            "organiser opened a registration",
                            "operator opened a registration",
                            "finance opened a registration");
        }
        assertThat(rows("?registration=" + made.text("id") + "&who=of%20FIN", "role"))
                .containsExactly("finance");
    }

    @Test
    void act_without_a_time_gets_business_time() {
        Instant began = service.businessTime();
        put("/internal/staff-sessions/" + UUID.randomUUID(), "{\"endsAt\": \"2099-01-01T00:00:00Z\"}");

        JsonNode row = audit("?what=signed%20out&limit=1").at("/items/0");

        assertThat(Instant.parse(row.at("/at").asString())).isBetween(began, service.businessTime());
    }

    @Test
    void rows_are_found_by_each_filter_and_page_by_page() {
        String slug = conference();
        for (int i = 0; i < 3; i++) {
            put(admin(slug) + "/sale", "{\"state\": \"paused\"}");
            put(admin(slug) + "/sale", "{\"state\": \"open\"}");
        }
        String here = "?conference=" + slug;

        assertThat(rows(here, "what")).hasSize(7).startsWith("opened the sale").endsWith("put a conference on");
        assertThat(rows(here + "&what=paused%20the%20sale", "what")).hasSize(3);
        assertThat(rows(here + "&who=organiser", "what")).hasSize(7);
        assertThat(rows(here + "&who=PERSON%20OF%20ORG", "what")).hasSize(7);
        assertThat(rows(here + "&who=nobody", "what")).isEmpty();
        assertThat(rows(here + "&from=" + encoded("2026-02-02T17:00:00Z"), "what"))
                .hasSize(7);
        assertThat(rows(here + "&to=" + encoded("2026-02-02T17:00:00Z"), "what"))
                .isEmpty();
        Set<String> seen = new HashSet<>();
        String after = "";
        int pages = 0;
        do {
            JsonNode page = audit(here + "&limit=3" + after);
            page.at("/items").forEach(row -> seen.add(row.at("/id").asString()));
            after = page.at("/next").isNull()
                    ? ""
                    : "&after=" + page.at("/next").asString();
            pages++;
        } while (!after.isEmpty());
        assertThat(seen).hasSize(7);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void long_rows_make_a_page_shorter_and_none_is_lost() {
        String slug = conference();
        jdbc.sql("""
                insert into audit (at, who, what, conference, after)
                select now(), 'olga', 'changed a conference', ?, to_jsonb(repeat('x', 400000)) from generate_series(1, 5)
                """).param(slug).update();

        JsonNode first = audit("?conference=" + slug);

        assertThat(first.at("/items")).hasSize(3);
        JsonNode second =
                audit("?conference=" + slug + "&after=" + first.at("/next").asString());
        assertThat(second.at("/items")).hasSize(3);
        assertThat(second.at("/next").isNull()).isTrue();
    }

    @Test
    void organiser_of_one_conference_sees_its_rows_alone() {
        String here = conference();
        String elsewhere = conference();
        String limited = staffToken("organiser:" + here);

        JsonNode seen = service.get(AUDIT + "?limit=200", limited).expect(200).body();

        assertThat(seen.at("/items"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.at("/conference").asString()).isEqualTo(here));
        service.get(AUDIT + "?conference=" + elsewhere, limited).expectProblem(403, "forbidden");
    }

    @Test
    void repeat_and_refusal_leave_no_row() {
        Reply made = held();
        String path = "/api/admin/registrations/" + made.text("id") + "/cancellation";
        String key = newKey();
        service.post(path, organiser(), key, REASON).expect(200);
        service.post(path, organiser(), key, REASON).expect(200);
        service.post(path, organiser(), newKey(), REASON).expectProblem(409, "not-allowed-now");

        assertThat(rows("?registration=" + made.text("id"), "what")).containsExactly("cancelled a registration");
    }

    private JsonNode audit(String query) {
        return service.get(AUDIT + query, organiser()).expect(200).body();
    }

    private List<String> rows(String query, String... fields) {
        return audit(query)
                .at("/items")
                .valueStream()
                .map(row -> String.join(
                        " ",
                        List.of(fields).stream()
                                .map(field -> row.at("/" + field).asString())
                                .toList()))
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String organiser() {
        return staffToken("organiser");
    }

    private static String admin(String slug) {
        return "/api/admin/conferences/" + slug;
    }

    private String conference() {
        return service.putConference(10, 600);
    }

    private String proofs() {
        return service.putConference(10, 600, ", \"needsProof\": true, \"otherwise\": \"free\"");
    }

    private void put(String path, String body) {
        service.put(path, organiser(), body).expect(200);
    }

    private void voucher(String slug) {
        service.put(admin(slug) + "/vouchers/GUEST", organiser(), """
                {"percentOff": 50}""").expect(201);
    }

    private Reply held() {
        return service.register(conference(), "seat").expect(201);
    }

    private Reply paid() {
        Reply made = held();
        service.pay(made, 10_000, 1);
        service.awaitStatus(made, "confirmed");
        return made;
    }

    private Reply proved() {
        Reply made = service.register(proofs(), "seat").expect(201);
        service.upload(
                        of("/api/registrations/{id}", made) + "/attendees/" + attendee(made) + "/proof",
                        made.text("accessToken"),
                        null,
                        "card.pdf",
                        PDF)
                .expect(202);
        return made;
    }

    private Reply refused() {
        Reply made = proved();
        decide(made, "review", "{\"accept\": false, \"reason\": \"blurred\"}", 200);
        return made;
    }

    private void decide(Reply made, String what, String body, int status) {
        service.post("/api/admin/registrations/" + made.text("id") + "/" + what, organiser(), newKey(), body)
                .expect(status);
    }

    private void post(String place, Reply made, String call, int status) {
        service.post(of(place, made) + call, organiser(), newKey(), null).expect(status);
    }

    private void onPage(Reply made, String act, String fields) {
        String path = "/desk/" + made.text("conference") + "/registrations/" + made.text("id") + "/" + act;
        service.post(
                        path + "?step=do&key=" + newKey() + "&revision=" + revision(made) + "&" + fields,
                        organiser(),
                        null,
                        null)
                .expect(303);
    }

    private String revision(Reply made) {
        return service.read(made)
                .raw()
                .headers()
                .firstValue("ETag")
                .orElseThrow()
                .replace("\"", "");
    }

    private static String of(String place, Reply made) {
        return place.replace("{id}", made.text("id"));
    }

    private static String attendee(Reply made) {
        return made.body().at("/attendees/0/id").asString();
    }

    /** Marks a transfer that was ticked on the page of matches. */
    private void markTransfer() {
        Reply made = held();
        String mark = """
                {"registration": "%s", "reference": "SEPA 1", "amount": {"amount": 10000, "currency": "USD"},
                 "receivedAt": "2026-02-02T17:00:00Z"}""".formatted(made.text("id"));
        String encoded = Base64.getUrlEncoder().encodeToString(mark.getBytes(StandardCharsets.UTF_8));
        assertThat(page("/transfers/marks", made, Map.of("mark", encoded)).statusCode())
                .isEqualTo(200);
    }

    private void acceptOnPage() {
        Reply made = proved();
        String proof = "/proofs/" + made.text("id") + "/" + attendee(made);
        assertThat(page(proof, made, Map.of("decision", "accept", "revision", revision(made)))
                        .statusCode())
                .isEqualTo(303);
    }

    private HttpResponse<String> page(String path, Reply made, Map<String, String> form) {
        Browser browser = new Browser(service.port());
        browser.become("staff", organiser());
        return browser.post("/desk/" + made.text("conference") + path, form);
    }

    private String checkIn() {
        String attendee = attendee(service.register(conference(), "free").expect(201));
        return service.post(
                        "/api/admin/check-ins",
                        organiser(),
                        null,
                        "{\"gate\": \"north\", \"attendee\": \"" + attendee + "\"}")
                .expect(201)
                .text("id");
    }

    private void operate(String what, String body) {
        Reply made = held();
        String letter = new Parked(
                        "payment.events.v1",
                        made.text("id"),
                        "payment.captured.v1",
                        1,
                        ServiceFixture.captured(made.text("id"), 10_000, 10_000, UUID.randomUUID()))
                .in(jdbc, "registration-service");
        service.post("/internal/ops/dead-letters/" + letter + "/" + what, staffToken("operator"), null, body)
                .expect(200);
    }
}
