package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Proves that the examples in the OpenAPI document match the running system. Each desk call is sent here, and its request, its responses in
 * JSON or CSV and its problems are compared, except for {@code rate-limited} and {@code unavailable}, which only occur under load.
 * {@code -Dexamples=record} writes the examples.
 */
@ExtendWith(SystemFixture.class)
@Timeout(240)
class DeskExamplesIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ADMIN = "/api/admin/conferences/{slug}";
    private static final String DISPUTED_CARD = "4000000000000259";
    private static final String HOLD = "\"holdMinutes\": 20";

    /** Excludes the organisers' calls that are older than the desk. */
    private static final Pattern DESK = Pattern.compile(
            "/api/admin/(?!waiting-room/|conferences/\\{slug}(/(vouchers|announcements|mails)(/.*)?)?$).*"
                    + "|/api/payments/(transfers|.*/transfer)");

    private final ApiClient api;
    private final String url;
    private final Map<String, String> organiser;
    private final ExampleCall.Desk desk;
    private final String slug = ApiClient.newSlug("examples");
    private final String soldOut = ApiClient.newSlug("examples");

    /** The recorded examples, by call. */
    private final Map<String, ObjectNode> answered = new TreeMap<>();

    private Registered card;
    private Registered other;
    private Registered invoiced;
    private Registered unpaid;
    private Registered student;

    DeskExamplesIT(Running running) {
        api = running.api();
        url = running.url();
        organiser = api.signIn("organiser");
        desk = new ExampleCall.Desk(api, organiser, api.signIn("operator"), new ExampleNames(url));
    }

    @Test
    void examples_of_the_desk_are_what_it_says() throws Exception {
        register();
        lists();
        door();
        acts();
        sales();
        files();
        mails();
        transfersBack();
        if ("record".equals(System.getProperty("examples"))) {
            PublishedExamples.write(answered);
            return;
        }
        // At first a service may need longer for its part than the gateway waits, which then answers 503.
        PublishedExamples published = new PublishedExamples(await().atMost(SOON)
                .until(() -> api.get("/api/openapi.json"), answer -> answer.status() == 200)
                .json());
        assertThat(answered.keySet()).isEqualTo(published.calls(DESK.asMatchPredicate()));
        List<String> differences = new ArrayList<>();
        answered.forEach((call, examples) -> differences.addAll(published.differences(call, examples)));
        assertThat(differences).isEmpty();
    }

    private ExampleCall call(String operation) {
        ExampleCall call = new ExampleCall(
                desk, operation, answered.computeIfAbsent(operation, _ -> JsonNodeFactory.instance.objectNode()));
        return operation.contains("{slug}") ? call.with("slug", slug) : call;
    }

    private void register() throws IOException, InterruptedException {
        putOnSale(
                slug,
                50,
                "\"holdMinutes\": 20, \"invoiceDays\": 14, \"onePerAddress\": true, " + ApiClient.ALL_GOES_BACK);
        card = api.register(slug, "academic", ApiClient.newAddress("ada"));
        other = api.register(slug, "academic", ApiClient.newAddress("ada"));
        api.pay(card);
        api.pay(other);
        invoiced = api.registerByInvoice(slug, "academic", ApiClient.newAddress("ada"));
        unpaid = api.registerByInvoice(slug, "academic", ApiClient.newAddress("ada"));
        student = api.register(slug, "student", ApiClient.newAddress("ada"));
        api.sendProof(student);
        api.awaitStatus(card, "confirmed", SOON);
        api.awaitStatus(other, "confirmed", SOON);
    }

    private void putOnSale(String of, int capacity, String more) {
        define(of, definition(of, capacity, more));
        await().atMost(SOON)
                .until(() -> api.get("/api/conferences/" + of + "/availability")
                        .at("/state")
                        .equals("open"));
    }

    private void define(String of, String definition) {
        api.put("/api/admin/conferences/" + of, definition, organiser).has(201);
    }

    private static String definition(String of, int capacity, String more) {
        return ApiClient.withStudents(ApiClient.definition(of, capacity, more, 95_000))
                .replace("\"EUR\"", "\"USD\"")
                .replace("\"guest\", \"name\": \"Guest\"", "\"academic\", \"name\": \"Academic\"")
                .replace("\"categories\":", """
                        "addOns": [{"code": "tutorials", "name": "Tutorial day", "amount": 15000}], "categories":""");
    }

    private static String attendee(Registered of) {
        return of.answer().at("/attendees/0/id");
    }

    /** Waits until an organiser's read has the expected value at a pointer. */
    private JsonNode awaited(String path, String pointer, String expected) {
        return await().atMost(SOON)
                .until(
                        () -> api.get(path, organiser),
                        answer -> answer.json().at(pointer).toString().contains(expected))
                .json();
    }

    private void lists() {
        String here = ADMIN.replace("{slug}", slug);
        awaited(here + "/registrations?q=lovelace&status=confirmed", "/items/1", "reference");
        awaited(here + "/needs", "/items", "\"proof\"");
        call("GET " + ADMIN + "/registrations")
                .with("q", "lovelace")
                .with("status", "confirmed")
                .with("limit", "1")
                .refuses("invalid", call -> call.with("limit", "0"))
                .refusedAsUsual()
                .answers(200);
        call("GET " + ADMIN + "/attendees")
                .with("q", "lovelace")
                .with("limit", "1")
                .refuses("invalid", call -> call.with("limit", "0"))
                .refusedAsUsual()
                .answers(200);
        call("GET " + ADMIN + "/needs").refusedAsUsual().answers(200);
        call("GET " + ADMIN + "/statistics").refusedAsUsual().answers(200);
        call("GET " + ADMIN + "/statistics/series")
                .with("step", "hour")
                .refuses("invalid", call -> call.with("step", "week"))
                .refusedAsUsual()
                .answers(200);
        call("GET " + ADMIN + "/proofs")
                .refuses("invalid", call -> call.with("limit", "0"))
                .refusedAsUsual()
                .answers(200);
        call("POST " + ADMIN + "/transfers")
                .body("""
                        {"lines": [{"text": "Ada Lovelace %s", "reference": "SEPA 4711",
                                    "amount": {"amount": 95000, "currency": "USD"}, "receivedAt": "2026-02-10T12:00:00Z"}]}
                        """.formatted(unpaid.answer().at("/reference")))
                .refusedAsUsual()
                .answers(200);
    }

    private void door() {
        ExampleCall checkIn = call("POST /api/admin/check-ins")
                .keyed()
                .body(checkIn(card, "Hall A"))
                .refusedAsUsual();
        String id = checkIn.answers(201).at("/id");
        checkIn.refuses("already-checked-in", call -> {})
                .refusesTheKeyFor(checkIn(card, "Hall B"))
                .refuses("not-allowed-now", call -> call.body(checkIn(unpaid, "Hall A")));
        call("GET " + ADMIN + "/check-ins")
                .with("gate", "Hall A")
                .refuses("invalid", call -> call.with("limit", "0"))
                .refusedAsUsual()
                .answers(200);
        awaited(ADMIN.replace("{slug}", slug) + "/check-ins/counts", "/in", "1");
        call("GET " + ADMIN + "/check-ins/counts").refusedAsUsual().answers(200);
        call("GET " + ADMIN + "/check-ins/current").refusedAsUsual().answers(200);
        ExampleCall undo = call("POST /api/admin/check-ins/{checkInId}/undo")
                .with("checkInId", id)
                .body("{\"reason\": \"The wrong Ada was chosen.\"}")
                .refusedAsUsual();
        undo.answers(200);
        undo.refuses("not-allowed-now", call -> call.body("{\"reason\": \"For another reason.\"}"));
    }

    private String checkIn(Registered of, String gate) {
        return """
                {"attendee": "%s", "conference": "%s", "gate": "%s"}""".formatted(attendee(of), slug, gate);
    }

    private void acts() {
        Registered disputed = api.register(slug, "academic", ApiClient.newAddress("ada"));
        api.enterCard(api.checkout(disputed), DISPUTED_CARD).has(200);
        await().atMost(SOON)
                .until(() -> api.registration(disputed).at("/payment/status").equals("disputed"));
        ExampleCall refund =
                foreseen(act(card, "refunds"), """
                        {"amount": {"amount": 2500, "currency": "USD"}, "reason": "There was no lunch."}""").refuses("idempotency-key-missing", ExampleCall::keyless);
        refund.answers(202);
        refund.refusesTheKeyFor("""
                        {"amount": {"amount": 2600, "currency": "USD"}, "reason": "There was no lunch."}""")
                .refuses(
                        "not-allowed-now",
                        call -> call.with("id", disputed.id()).header("If-Match", "*"));
        ExampleCall cancellation =
                foreseen(act(other, "cancellation"), "{\"reason\": \"The speaker is ill.\", \"refund\": \"full\"}");
        cancellation.refuses("idempotency-key-missing", ExampleCall::keyless).answers(200);
        cancellation
                .refusesTheKeyFor("{\"reason\": \"Another one.\", \"refund\": \"full\"}")
                .refuses("not-allowed-now", call -> call.header("If-Match", "*"));
        call("GET " + ADMIN + "/ended-tickets").refusedAsUsual().answers(200);
        correctContact();
        markPaid();
        review();
    }

    /** A call with a key and the revision that its dry run returned. */
    private static ExampleCall foreseen(ExampleCall act, String body) {
        String revision = act.body(body).dryRun().at("/revision");
        return act.keyed()
                .header("If-Match", "\"" + revision + "\"")
                .refuses("changed", call -> call.header("If-Match", "\"0\""))
                .refusedAsUsual();
    }

    private ExampleCall act(Registered of, String act) {
        return call("POST /api/admin/registrations/{id}/" + act).with("id", of.id());
    }

    private void correctContact() {
        ExampleCall correction =
                foreseen(call("PATCH /api/admin/registrations/{id}/contact").with("id", unpaid.id()), """
                        {"email": "%s", "reason": "The address was misspelled."}""".formatted(
                                ApiClient.newAddress("ada")));
        correction.answers(200);
        correction.refusesTheKeyFor("{\"name\": \"Grace Hopper\", \"reason\": \"It was misspelled.\"}");
    }

    private void markPaid() {
        putOnSale(soldOut, 1, "\"holdSeconds\": 1");
        Registered slow = api.register(soldOut, "academic", ApiClient.newAddress("ada"));
        api.awaitStatus(slow, "expired", SOON);
        Map<String, String> keyed = new HashMap<>(organiser);
        keyed.put("Idempotency-Key", ApiClient.newKey());
        String sale = sale(ApiClient.newAddress("grace"), "");
        // A seat that is released becomes available after a moment.
        await().atMost(SOON)
                .until(() -> api.post(ADMIN.replace("{slug}", soldOut) + "/registrations", sale, keyed)
                                .status()
                        == 201);
        ExampleCall paid = foreseen(act(invoiced, "mark-paid"), transfer("SEPA 4711"))
                .refuses("idempotency-key-missing", ExampleCall::keyless);
        paid.answers(200);
        api.awaitStatus(invoiced, "confirmed", SOON);
        paid.refusesTheKeyFor(transfer("SEPA 4712"))
                .refuses(
                        "not-allowed-now",
                        call -> call.body(transfer("SEPA 4713")).header("If-Match", "*"))
                .refuses("sold-out", call -> call.with("id", slow.id()).header("If-Match", "*"));
    }

    private static String transfer(String reference) {
        return """
                {"reference": "%s", "amount": {"amount": 97000, "currency": "USD"}, "receivedAt": "2026-02-10T12:00:00Z"}
                """.formatted(reference);
    }

    private void review() {
        call("GET /api/admin/registrations/{id}/attendees/{attendeeId}/proof")
                .with("id", student.id())
                .with("attendeeId", attendee(student))
                .refusedAsUsual()
                .answers(200);
        String accepted = "{\"accept\": true, \"attendeeId\": \"" + attendee(student) + "\"}";
        ExampleCall review = foreseen(act(student, "review"), accepted);
        review.answers(200);
        review.refusesTheKeyFor("{\"accept\": true}").refuses("not-allowed-now", call -> call.header("If-Match", "*"));
    }

    private void sales() {
        ExampleCall sale = call("POST " + ADMIN + "/registrations")
                .keyed()
                .body(sale(ApiClient.newAddress("grace"), ""))
                .refusedAsUsual()
                .refuses("idempotency-key-missing", ExampleCall::keyless);
        sale.answers(201);
        String later = ApiClient.newSlug("examples");
        define(later, definition(later, 50, HOLD).replace("2026-01-01T", "2026-12-01T"));
        String over = ApiClient.newSlug("examples");
        define(over, definition(over, 50, HOLD).replace("2027-05-17T", "2026-01-31T"));
        sale.refusesTheKeyFor(sale(ApiClient.newAddress("grace"), ""))
                .refuses("already-registered", call -> {})
                .refuses("voucher-invalid", call -> call.body(sale(ApiClient.newAddress("grace"), """
                        "voucher": "NONE",""")))
                .refuses("sold-out", call -> call.with("slug", soldOut))
                .refuses("not-open", call -> call.with("slug", later))
                .refuses("closed", call -> call.with("slug", over));
        ExampleCall pause = call("PUT " + ADMIN + "/sale").keyed().body("""
                        {"state": "paused", "message": "We are looking into a problem with payments."}""").refusedAsUsual();
        pause.answers(200);
        pause.refusesTheKeyFor("{\"state\": \"open\"}");
        sale.refuses("paused", call -> call.body(sale(ApiClient.newAddress("grace"), "")));
        api.put("/api/admin/conferences/" + slug + "/sale", "{\"state\": \"open\"}", organiser)
                .has(200);
    }

    private static String sale(String email, String more) {
        return """
                {"contact": {"name": "Grace Hopper", "email": "%s"}, %s
                 "attendees": [{"category": "academic", "givenName": "Grace", "familyName": "Hopper", "email": "%s",
                                "addOns": [{"code": "tutorials", "quantity": 1}]}],
                 "acceptedCodeOfConduct": true, "paymentMethod": "desk",
                 "paid": {"reference": "till 7", "amount": {"amount": 110000, "currency": "USD"}}}
                """.formatted(email, more, email);
    }

    private void files() {
        String day = api.get("/api/rehearsal/clock").at("/now").substring(0, 10);
        for (String type : List.of("csv", "xlsx")) {
            call("GET " + ADMIN + "/registrations." + type)
                    .with("status", "confirmed")
                    .refuses("invalid", call -> call.with("status", "gone"))
                    .refusedAsUsual()
                    .answers(200);
            call("GET " + ADMIN + "/attendees." + type)
                    .with("needs", "true")
                    .with("reason", "for the kitchen")
                    .refuses("invalid", call -> call.with("reason", ""))
                    .refusedAsUsual()
                    .answers(200);
            call("GET " + ADMIN + "/add-ons." + type).refusedAsUsual().answers(200);
            call("GET " + ADMIN + "/badges." + type).refusedAsUsual().answers(200);
            call("GET " + ADMIN + "/money." + type)
                    .with("day", day)
                    .refuses("invalid", call -> call.with("day", "yesterday"))
                    .refusedAsUsual()
                    .answers(200);
            call("GET " + ADMIN + "/ledger." + type)
                    .with("from", day)
                    .with("to", day)
                    .refuses("invalid", call -> call.with("from", "yesterday"))
                    .refusedAsUsual()
                    .answers(200);
        }
        badges();
    }

    private void badges() {
        String badge = ADMIN.replace("{slug}", slug) + "/attendees/" + attendee(card) + "/badge.pdf";
        await().atMost(SOON).until(() -> api.get(badge, organiser).status() == 200);
        await().atMost(SOON)
                .until(() -> api.get(badge.replace(attendee(card), attendee(unpaid)), organiser)
                                .status()
                        == 409);
        call("GET " + ADMIN + "/badges.pdf")
                .with("category", "academic")
                .refuses("invalid", call -> call.with("limit", "0"))
                .refusedAsUsual()
                .answers(200);
        call("GET " + ADMIN + "/attendees/{attendeeId}/badge.pdf")
                .with("attendeeId", attendee(card))
                .refuses("not-allowed-now", call -> call.with("attendeeId", attendee(unpaid)))
                .refusedAsUsual()
                .answers(200);
    }

    private void mails() {
        String confirmation = mail(card, "confirmation");
        call("GET /api/admin/mails")
                .with("registration", card.id())
                .with("limit", "1")
                .refuses("invalid", call -> call.with("limit", "0"))
                .refusedAsUsual()
                .answers(200);
        call("GET /api/admin/mails/{id}")
                .with("id", confirmation)
                .refusedAsUsual()
                .answers(200);
        String past = mail(other, "confirmation");
        mail(other, "cancelled");
        call("POST /api/admin/mails/{id}/resend")
                .with("id", confirmation)
                .keyed()
                .refuses("not-allowed-now", call -> call.with("id", past))
                .refusedAsUsual()
                .answers(200);
        ExampleCall resend =
                call("POST /api/admin/mails/resend").keyed().body("""
                        {"state": "failed", "since": "2026-02-02T09:00:00Z", "until": "2026-02-02T09:00:01Z"}""").refusedAsUsual();
        resend.answers(202);
        resend.refusesTheKeyFor("{\"state\": \"bounced\", \"since\": \"2026-02-02T09:00:00Z\"}");
        call("GET /api/admin/audit")
                .with("conference", slug)
                .with("what", "ordered a refund")
                .refuses("invalid", call -> call.with("limit", "0"))
                .refusedAsUsual()
                .answers(200);
    }

    /** The id of a registration's mail, once the mail exists. */
    private String mail(Registered of, String kind) {
        JsonNode mails = awaited("/api/admin/mails?registration=" + of.id(), "/items", "\"" + kind + "\"");
        return mails.at("/items")
                .valueStream()
                .filter(mail -> mail.path("kind").asString().equals(kind))
                .map(mail -> mail.path("id").asString())
                .findFirst()
                .orElseThrow();
    }

    private void transfersBack() {
        String refund = awaited("/api/payments/transfers?conference=" + slug, "/items/0", "refund")
                .at("/items/0/refund")
                .asString();
        call("GET /api/payments/transfers")
                .with("conference", slug)
                .refuses("invalid", call -> call.with("limit", "0"))
                .refusedAsUsual()
                .answers(200);
        ExampleCall made = call("POST /api/payments/{registrationId}/refunds/{refundId}/transfer")
                .with("registrationId", invoiced.id())
                .with("refundId", refund)
                .body("{\"reference\": \"SEPA 4720\"}")
                .refusedAsUsual();
        made.answers(200);
        made.refuses("not-allowed-now", call -> call.body("{\"reference\": \"SEPA 4721\"}"));
    }
}
