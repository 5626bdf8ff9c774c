package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceUnderTest.captured;
import static org.openingminute.registration.ServiceUnderTest.newKey;
import static org.openingminute.registration.ServiceUnderTest.staffToken;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.ServiceUnderTest.Reply;
import org.openingminute.registration.ServiceUnderTest.Written;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** One registration-service on a real database and broker; its neighbours are played by the test. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"APP_MODE=rehearsal", "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"})
class RegistrationServiceIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    private ServiceUnderTest service;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "registration");
        registry.add("STAFF_JWKS_URI", ServiceUnderTest::jwksUri);
    }

    @BeforeEach
    void connect() {
        service = new ServiceUnderTest(port);
    }

    @Test
    void a_registration_holds_seats_asks_for_the_money_and_says_so() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);

        assertThat(made.text("status")).isEqualTo("pending-payment");
        assertThat(made.number("total.amount")).isEqualTo(10_000);
        assertThat(service.statistics(slug).number("held")).isEqualTo(1);
        awaitWritten("payment.commands.v1", made.text("id"), "payment.request.v1");
        awaitWritten("registration.events.v1", made.text("id"), "registration.held.v1");
    }

    @Test
    void the_same_request_is_one_registration_and_has_the_same_answer() throws Exception {
        String slug = service.putConference(100, 600);
        String key = newKey();
        List<Reply> replies = atOnce(
                20,
                () -> service.post(
                        "/api/conferences/" + slug + "/registrations", null, key, ServiceUnderTest.body("seat")));

        assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isEqualTo(201));
        assertThat(replies.stream().map(reply -> reply.raw().body()).distinct()).hasSize(1);
        assertThat(service.statistics(slug).number("held")).isEqualTo(1);
        service.post("/api/conferences/" + slug + "/registrations", null, key, ServiceUnderTest.body("free"))
                .expectProblem(422, "idempotency-key-reused");
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
    void money_in_time_confirms_and_is_answered_by_keep_however_often_it_is_told() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        UUID capture = UUID.randomUUID();
        service.tellPayment(
                made.text("id"), "payment.captured.v1", 2, captured(made.text("id"), 10_000, 10_000, capture));

        awaitStatus(made, "confirmed");
        awaitWritten("payment.commands.v1", made.text("id"), "payment.keep.v1");
        awaitWritten("registration.events.v1", made.text("id"), "registration.confirmed.v1");
        service.tellPayment(
                made.text("id"), "payment.captured.v1", 3, captured(made.text("id"), 10_000, 10_000, capture));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(written("payment.commands.v1", made.text("id"), "payment.keep.v1"))
                        .hasSizeGreaterThan(1));
        assertThat(written("payment.commands.v1", made.text("id"), "payment.keep.v1").stream()
                        .map(Written::id)
                        .distinct())
                .as("the same command")
                .hasSize(1);
        assertThat(written("registration.events.v1", made.text("id"), "registration.confirmed.v1"))
                .hasSize(1);
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
        assertThat(service.statistics(slug).number("revenue.amount")).isEqualTo(10_000);
    }

    @Test
    void a_hold_that_runs_out_frees_the_seat_and_late_money_takes_it_if_it_is_still_free() {
        String slug = service.putConference(1, 1);
        Reply made = service.register(slug, "seat").expect(201);

        awaitStatus(made, "expired");
        assertThat(read(made).text("payment.status")).isEqualTo("closed");
        assertThat(service.statistics(slug).number("free")).isEqualTo(1);
        awaitWritten("payment.commands.v1", made.text("id"), "payment.close.v1");
        service.tellPayment(
                made.text("id"),
                "payment.captured.v1",
                2,
                captured(made.text("id"), 10_000, 10_000, UUID.randomUUID()));
        awaitStatus(made, "confirmed");
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
    }

    @Test
    void late_money_goes_back_when_the_seat_is_taken() {
        String slug = service.putConference(1, 1);
        Reply late = service.register(slug, "seat").expect(201);
        awaitStatus(late, "expired");
        service.register(slug, "free").expect(201);
        service.tellPayment(
                late.text("id"),
                "payment.captured.v1",
                2,
                captured(late.text("id"), 10_000, 10_000, UUID.randomUUID()));

        Written refund = awaitWritten("payment.commands.v1", late.text("id"), "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(10_000);
        awaitStatus(late, "expired");
    }

    @Test
    void another_amount_than_is_due_goes_back_and_the_hold_goes_on() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        service.tellPayment(
                made.text("id"), "payment.captured.v1", 2, captured(made.text("id"), 10_000, 9_999, UUID.randomUUID()));

        Written refund = awaitWritten("payment.commands.v1", made.text("id"), "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(9_999);
        awaitStatus(made, "pending-payment");
    }

    @Test
    void the_right_amount_after_a_wrong_one_that_went_back_confirms() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        service.tellPayment(id, "payment.captured.v1", 2, captured(id, 10_000, 9_999, UUID.randomUUID()));
        Written refund = awaitWritten("payment.commands.v1", id, "payment.refund.v1");
        service.tellPayment(id, "payment.captured.v1", 3, """
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

        awaitStatus(made, "confirmed");
        awaitWritten("payment.commands.v1", id, "payment.keep.v1");
    }

    @Test
    void nothing_to_pay_is_confirmed_at_once() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "free").expect(201);

        assertThat(made.text("status")).isEqualTo("confirmed");
        assertThat(made.body().get("holdExpiresAt").isNull()).isTrue();
        Written request = awaitWritten("payment.commands.v1", made.text("id"), "payment.request.v1");
        assertThat(request.body().get("payable").asBoolean()).isFalse();
        awaitWritten("registration.events.v1", made.text("id"), "registration.confirmed.v1");
    }

    @Test
    void a_cancellation_gives_back_what_was_quoted() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "seat").expect(201);
        service.tellPayment(
                made.text("id"),
                "payment.captured.v1",
                2,
                captured(made.text("id"), 10_000, 10_000, UUID.randomUUID()));
        awaitStatus(made, "confirmed");
        String path = "/api/registrations/" + made.text("id") + "/cancellation";
        Reply quote = service.get(path, made.text("accessToken")).expect(200);

        assertThat(quote.number("refund.amount")).isEqualTo(9_500);
        service.post(
                        path,
                        made.text("accessToken"),
                        newKey(),
                        "{\"refund\": {\"amount\": 10000, \"currency\": \"USD\"}}")
                .expectProblem(409, "not-allowed-now");
        service.post(
                        path,
                        made.text("accessToken"),
                        newKey(),
                        "{\"refund\": {\"amount\": 9500, \"currency\": \"USD\"}}")
                .expect(200);
        Written refund = awaitWritten("payment.commands.v1", made.text("id"), "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(9_500);
        assertThat(service.statistics(slug).number("free")).isEqualTo(1);
    }

    @Test
    void what_became_of_a_mail_stands_in_the_timeline_once() {
        String slug = service.putConference(1, 600);
        Reply made = service.register(slug, "free").expect(201);
        String mails = """
                {"registration": "%s", "mails": [{"id": "%s", "kind": "confirmation", "state": "sent",
                 "at": "2026-02-02T17:02:00Z"}]}""".formatted(made.text("id"), UUID.randomUUID());
        service.tell("notification.events.v1", made.text("id"), "mail.sent.v1", 1, mails);
        service.tell("notification.events.v1", made.text("id"), "mail.sent.v1", 2, mails);

        await().atMost(SOON).untilAsserted(() -> assertThat(timeline(made)).contains("Mail sent"));
        service.tell("notification.events.v1", made.text("id"), "mail.sent.v1", 3, mails);
        assertThat(timeline(made)).containsOnlyOnce("Mail sent");
    }

    private List<String> timeline(Reply registration) {
        List<String> lines = new ArrayList<>();
        service.get("/api/registrations/" + registration.text("id") + "/timeline", registration.text("accessToken"))
                .body()
                .get("items")
                .forEach(item -> lines.add(item.get("what").asString()));
        return lines;
    }

    @Test
    void an_organiser_says_that_money_came_in_and_payment_service_is_told_to_book_it_once() {
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
        service.post(path, staffToken("organiser"), newKey(), body.formatted(10_000))
                .expectProblem(409, "not-allowed-now");
        awaitWritten("payment.commands.v1", made.text("id"), "payment.mark-paid.v1");
        assertThat(written("payment.commands.v1", made.text("id"), "payment.mark-paid.v1"))
                .hasSize(1);
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
        "-12:00, 2026-02-02T11:59:59Z, 2026-02-01",
        "Etc/GMT+12, 2026-02-02T11:59:59Z, 2026-02-01",
        "+14:00, 2026-02-02T10:00:00Z, 2026-02-03",
        "GMT+8, 2026-02-02T16:00:00Z, 2026-02-03",
        "Z, 2026-02-02T23:59:59Z, 2026-02-02",
        "Australia/Lord_Howe, 2026-02-02T13:00:00Z, 2026-02-03"
    })
    void days_are_counted_in_the_zone_of_the_conference(String zone, Instant madeAt, String day) {
        String slug = service.putConference(2, 600);
        String path = "/api/admin/conferences/" + slug;
        String definition = service.get(path, staffToken("organiser")).raw().body();
        service.put(path, staffToken("organiser"), definition.replace("America/Los_Angeles", zone))
                .expect(200);
        Reply made = service.register(slug, "seat").expect(201);
        jdbc.sql("update registration set created_at = ? where id = ?::uuid")
                .param(Timestamp.from(madeAt))
                .param(made.text("id"))
                .update();

        assertThat(service.statistics(slug).text("byDay.0.day")).isEqualTo(day);
    }

    @Test
    void what_is_the_same_for_everyone_bears_a_tag() {
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
        service.get("/api/registrations/" + one.text("id") + "/timeline", one.text("accessToken"))
                .expect(200);
    }

    private void awaitStatus(Reply registration, String status) {
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(read(registration).text("status")).isEqualTo(status));
    }

    private Reply read(Reply registration) {
        return service.get("/api/registrations/" + registration.text("id"), registration.text("accessToken"));
    }

    private Written awaitWritten(String topic, String key, String type) {
        return await().atMost(SOON)
                .until(() -> written(topic, key, type), found -> !found.isEmpty())
                .getFirst();
    }

    private List<Written> written(String topic, String key, String type) {
        return service.written(topic, key).stream()
                .filter(message -> message.type().equals(type))
                .toList();
    }

    private static <T> List<T> atOnce(int count, Callable<T> call) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                calls.add(executor.submit(call));
            }
            for (Future<T> each : calls) {
                results.add(each.get());
            }
        }
        return results;
    }
}
