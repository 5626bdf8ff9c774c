package org.openingminute.registration.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceUnderTest.captured;
import static org.openingminute.registration.ServiceUnderTest.newKey;
import static org.openingminute.registration.ServiceUnderTest.staffToken;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.ServiceUnderTest;
import org.openingminute.registration.ServiceUnderTest.Reply;
import org.openingminute.registration.ServiceUnderTest.Written;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** Categories with proof, at a service on a real database and broker; its neighbours are played by the test. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"APP_MODE=rehearsal", "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"})
class ProofIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int FIVE_MEGABYTES = 5 * 1024 * 1024;
    private static final byte[] PDF = "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 1, 2};
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 1};
    private static final byte[] GIF = "GIF89a".getBytes(StandardCharsets.US_ASCII);

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ScheduledAnnotationBeanPostProcessor jobs;

    private ServiceUnderTest service;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "proofs");
        registry.add("STAFF_JWKS_URI", ServiceUnderTest::jwksUri);
    }

    @BeforeEach
    void connect() {
        service = new ServiceUnderTest(port);
        moveTo(Instant.parse("2026-02-02T17:00:00Z"));
    }

    @Test
    void a_proof_is_a_pdf_a_jpeg_or_a_png_by_its_first_bytes_and_5_mb_at_most() {
        Reply made = register(conference(10), "student");
        assertThat(proof(made, 0)).isEqualTo("wanted");

        for (byte[] other : List.of(GIF, new byte[] {'%', 'P', 'D'}, "x%PDF-1.7".getBytes(StandardCharsets.US_ASCII))) {
            upload(made, 0, "card.pdf", other).expectProblem(415, "unsupported-media-type");
        }
        upload(made, 0, "card.pdf", Arrays.copyOf(PDF, FIVE_MEGABYTES + 1)).expectProblem(413, "too-large");
        upload(made, 0, "card.pdf", Arrays.copyOf(PDF, 7 * 1024 * 1024)).expectProblem(413, "too-large");
        assertThat(proof(made, 0)).as("nothing was taken").isEqualTo("wanted");
        assertThat(stored(made)).isEmpty();

        for (byte[] good : List.of(PNG, JPEG, PDF, Arrays.copyOf(PDF, FIVE_MEGABYTES))) {
            assertThat(upload(made, 0, "card", good)
                            .expect(202)
                            .body()
                            .at("/attendees/0/proof")
                            .asString())
                    .isEqualTo("received");
        }
    }

    @Test
    void what_is_no_upload_of_one_file_is_malformed() {
        Reply made = register(conference(10), "student");
        service.post(path(made, 0), token(made), null, "{}").expectProblem(400, "malformed");
        service.post(path(made, 0), token(made), null, null).expectProblem(400, "malformed");
        upload(made, 0, "", new byte[0]).expectProblem(400, "malformed");
    }

    @Test
    void a_proof_is_taken_from_who_may_and_for_who_needs_one() {
        String slug = conference(10);
        Reply made = register(slug, "student", "seat");
        Reply other = register(slug, "student");

        service.upload(path(made, 0), null, null, "card.pdf", PDF).expectProblem(401, "unauthenticated");
        service.upload(path(made, 0), token(other), null, "card.pdf", PDF).expectProblem(403, "forbidden");
        service.upload(path(made, 0), staffToken("check-in"), null, "card.pdf", PDF)
                .expectProblem(403, "forbidden");
        String unknown = "/api/registrations/" + made.text("id") + "/attendees/" + UUID.randomUUID() + "/proof";
        service.upload(unknown, token(made), null, "card.pdf", PDF).expectProblem(404, "not-found");
        upload(made, 1, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
        service.upload(path(made, 0), staffToken("organiser"), null, "card.pdf", PDF)
                .expect(202);
        assertThat(audited(made)).containsExactly("sent in a proof");
        review(made, "{\"accept\": true}").expect(200);
        upload(made, 0, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
    }

    @Test
    void the_organiser_reads_the_file_that_was_sent_in_last() {
        Reply made = register(conference(10), "student");
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        service.get(path, staffToken("organiser")).expectProblem(404, "not-found");
        upload(made, 0, "card.pdf", PDF).expect(202);
        upload(made, 0, "<script>.html", PNG).expect(202);

        HttpResponse<byte[]> file = service.download(path, staffToken("organiser"));
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.body()).isEqualTo(PNG);
        assertThat(file.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(file.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"proof-" + made.text("reference") + ".png\"");
        assertThat(file.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(file.headers().firstValue("Cache-Control")).contains("private, no-store");
        service.get(path, token(made)).expectProblem(403, "forbidden");
        service.get(path, staffToken("operator")).expectProblem(403, "forbidden");
        service.get(path.replace(made.text("id"), UUID.randomUUID().toString()), staffToken("organiser"))
                .expectProblem(404, "not-found");
    }

    @Test
    void the_same_key_is_the_same_upload_and_never_another() {
        Reply made = register(conference(10), "student");
        String key = newKey();
        Reply first =
                service.upload(path(made, 0), token(made), key, "card.pdf", PDF).expect(202);
        upload(made, 0, "card.png", PNG).expect(202);

        assertThat(service.upload(path(made, 0), token(made), key, "card.pdf", PDF)
                        .body())
                .isEqualTo(first.body());
        service.upload(path(made, 0), token(made), key, "card.jpg", JPEG).expectProblem(422, "idempotency-key-reused");
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        assertThat(service.download(path, staffToken("organiser")).body())
                .as("the one that counts is the last that was taken")
                .isEqualTo(PNG);
    }

    @Test
    void an_accepted_proof_leads_to_the_payment_and_the_payment_to_the_seat() {
        String slug = conference(10);
        Reply made = register(slug, "student");
        Instant firstEnd = Instant.parse(made.text("holdExpiresAt"));
        Reply sent = upload(made, 0, "card.pdf", PDF).expect(202);
        assertThat(Instant.parse(sent.text("holdExpiresAt"))).isAfter(firstEnd.plus(Duration.ofDays(3)));
        assertThat(sent.text("status")).isEqualTo("pending-review");
        assertThat(sent.body().at("/links/pay").isNull()).isTrue();

        Reply accepted =
                review(made, "{\"accept\": true, \"attendeeId\": null}").expect(200);
        assertThat(accepted.text("status")).isEqualTo("pending-payment");
        assertThat(accepted.number("total.amount")).isEqualTo(3_000);
        assertThat(accepted.body().at("/attendees/0/proof").asString()).isEqualTo("accepted");
        assertThat(accepted.body().get("offer").isNull()).isTrue();
        assertThat(accepted.text("links.pay")).endsWith("/pay");
        awaitWritten("registration.events.v1", made, "registration.review-wanted.v1");
        awaitWritten("registration.events.v1", made, "registration.held.v1");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(written("payment.commands.v1", made, "payment.request.v1"))
                        .extracting(message -> message.body().get("revision").asInt() + " "
                                + message.body().get("payable").asBoolean())
                        .containsExactly("1 false", "2 false", "3 true"));

        pay(made, 3_000, 1);
        awaitStatus(made, "confirmed");
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
        assertThat(timeline(made)).contains("Proof received", "Proof accepted", "Payment received", "Confirmed");
        assertThat(audited(made)).containsExactly("accepted a proof");
    }

    @Test
    void a_refused_proof_leads_to_an_offer_the_offer_to_the_payment_and_the_payment_to_the_seat() {
        String slug = conference(10);
        Reply made = register(slug, "student");
        upload(made, 0, "card.pdf", PDF).expect(202);
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");

        Reply rejected = review(made, "{\"accept\": false, \"reason\": \"The card has ended.\"}")
                .expect(200);
        assertThat(rejected.text("status")).isEqualTo("rejected");
        assertThat(rejected.text("reason")).isEqualTo("The card has ended.");
        assertThat(rejected.number("offer.total.amount")).isEqualTo(10_000);
        assertThat(rejected.body().at("/offer/lines/0/description").asString()).isEqualTo("Seat");
        assertThat(rejected.number("total.amount")).isEqualTo(3_000);
        assertThat(rejected.body().at("/attendees/0/proof").asString()).isEqualTo("refused");
        assertThat(seats(slug)).isEqualTo("held 1: seat 1 student 0");
        Written told = awaitWritten("registration.events.v1", made, "registration.rejected.v1");
        assertThat(told.body().at("/offer/total/amount").asLong()).isEqualTo(10_000);

        service.post(path(made, "offer"), null, null, null).expectProblem(401, "unauthenticated");
        Reply taken = service.post(path(made, "offer"), token(made), null, null).expect(200);
        assertThat(taken.text("status")).isEqualTo("pending-payment");
        assertThat(taken.number("total.amount")).isEqualTo(10_000);
        assertThat(taken.body().at("/attendees/0/category").asString()).isEqualTo("seat");
        assertThat(taken.body().at("/attendees/0/proof").isNull()).isTrue();
        assertThat(taken.body().get("offer").isNull()).isTrue();
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(written("payment.commands.v1", made, "payment.request.v1"))
                        .last()
                        .satisfies(request -> {
                            assertThat(request.body().at("/due/amount").asLong())
                                    .isEqualTo(10_000);
                            assertThat(request.body().get("payable").asBoolean())
                                    .isTrue();
                        }));

        pay(made, 10_000, 1);
        awaitStatus(made, "confirmed");
        assertThat(service.statistics(slug).number("confirmed")).isEqualTo(1);
        assertThat(timeline(made)).contains("Proof refused", "Offer made", "Offer accepted", "Confirmed");
    }

    @Test
    void where_the_other_category_is_sold_out_there_is_no_offer_and_the_seats_are_free() {
        String slug = conference(1);
        Reply made = register(slug, "student");
        register(slug, "seat");

        Reply rejected =
                review(made, "{\"accept\": false, \"reason\": \"No card.\"}").expect(200);
        assertThat(rejected.text("status")).isEqualTo("rejected");
        assertThat(rejected.body().get("offer").isNull()).isTrue();
        assertThat(rejected.body().get("holdExpiresAt").isNull()).isTrue();
        assertThat(seats(slug)).isEqualTo("held 1: seat 1 student 0");
        awaitWritten("payment.commands.v1", made, "payment.close.v1");
        Written told = awaitWritten("registration.events.v1", made, "registration.rejected.v1");
        assertThat(told.body().get("offer").isNull()).isTrue();
        service.post(path(made, "offer"), token(made), null, null).expectProblem(409, "not-allowed-now");
    }

    @Test
    void a_proof_that_does_not_come_and_an_offer_that_is_not_accepted_free_their_seats() {
        String slug = conference(10);
        Reply waiting = register(slug, "student");
        Reply offered = register(slug, "student");
        review(offered, "{\"accept\": false, \"reason\": \"No card.\"}").expect(200);
        assertThat(seats(slug)).isEqualTo("held 2: seat 1 student 1");
        moveTo(Instant.parse(waiting.text("holdExpiresAt")).plusSeconds(60));

        upload(waiting, 0, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
        awaitStatus(waiting, "expired");
        awaitStatus(offered, "expired");
        assertThat(read(offered).body().get("offer").isNull()).isTrue();
        assertThat(seats(slug)).isEqualTo("held 0: seat 0 student 0");
        service.post(path(offered, "offer"), token(offered), null, null).expectProblem(409, "not-allowed-now");
    }

    @Test
    void money_that_comes_before_it_could_be_paid_goes_back_in_full() {
        Reply made = register(conference(10), "student");
        pay(made, 3_000, 1);
        Written refund = awaitWritten("payment.commands.v1", made, "payment.refund.v1");
        assertThat(refund.body().at("/amount/amount").asLong()).isEqualTo(3_000);
        awaitStatus(made, "pending-review");
    }

    @Test
    void a_review_says_what_is_wrong_with_it() {
        Reply made = register(conference(10), "student", "seat");
        String attendee = made.body().at("/attendees/1/id").asString();

        assertThat(review(made, "{}")
                        .expectProblem(422, "invalid")
                        .body()
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("accept");
        assertThat(review(made, "{\"accept\": false, \"reason\": \" \"}")
                        .expectProblem(422, "invalid")
                        .body()
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("reason");
        review(made, "{\"accept\": true, \"reasons\": 1}").expectProblem(422, "invalid");
        review(made, "{\"accept\": 1}").expectProblem(400, "malformed");
        review(made, "{\"accept\": true, \"attendeeId\": \"nobody\"}").expectProblem(404, "not-found");
        review(made, "{\"accept\": true, \"attendeeId\": \"%s\"}".formatted(UUID.randomUUID()))
                .expectProblem(404, "not-found");
        review(made, "{\"accept\": true, \"attendeeId\": \"%s\"}".formatted(attendee))
                .expectProblem(409, "not-allowed-now");
        service.post(reviewPath(made), token(made), null, "{\"accept\": true}").expectProblem(403, "forbidden");
        service.post(
                        "/api/admin/registrations/" + UUID.randomUUID() + "/review",
                        staffToken("organiser"),
                        null,
                        "{\"accept\": true}")
                .expectProblem(404, "not-found");
        assertThat(read(made).text("status")).isEqualTo("pending-review");

        String key = newKey();
        Reply first = service.post(reviewPath(made), staffToken("organiser"), key, "{\"accept\": true}")
                .expect(200);
        assertThat(service.post(reviewPath(made), staffToken("organiser"), key, "{\"accept\": true}")
                        .body())
                .isEqualTo(first.body());
        review(made, "{\"accept\": true}").expectProblem(409, "not-allowed-now");
    }

    @Test
    void a_proof_is_kept_for_thirty_days_after_the_decision_and_one_that_was_replaced_is_not() {
        Reply decided = register(conference(10), "student");
        Reply waiting = register(conference(10), "student");
        upload(decided, 0, "card.pdf", PDF).expect(202);
        upload(waiting, 0, "card.pdf", PDF).expect(202);
        upload(waiting, 0, "card.png", PNG).expect(202);
        review(decided, "{\"accept\": true}").expect(200);
        uploadedEarlier(Duration.ofDays(40));

        forgetOldProofs();
        assertThat(stored(decided)).as("decided just now").containsExactly("application/pdf");
        assertThat(stored(waiting)).as("the one that counts").containsExactly("image/png");

        jdbc.sql("update proof set settled_at = settled_at - interval '30 days 1 minute'")
                .update();
        forgetOldProofs();
        assertThat(stored(decided)).isEmpty();
        assertThat(stored(waiting)).as("not decided yet").containsExactly("image/png");
        service.get("/api/admin" + path(decided, 0).substring("/api".length()), staffToken("organiser"))
                .expectProblem(404, "not-found");
    }

    @Test
    void nobody_fills_the_disk_by_sending_in_again_and_again() {
        Reply made = register(conference(10), "student");
        for (int i = 0; i < 8; i++) {
            upload(made, 0, "card.pdf", ("%PDF-" + i).getBytes(StandardCharsets.US_ASCII))
                    .expect(202);
        }
        assertThat(stored(made)).hasSizeBetween(1, 3);
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        assertThat(service.download(path, staffToken("organiser")).body())
                .asString()
                .isEqualTo("%PDF-7");
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
        assertThat(upload.at("/responses/202").isObject()).isTrue();
        for (String other : List.of(
                "/api/registrations/{id}/offer",
                "/api/admin/registrations/{id}/review",
                "/api/admin/registrations/{id}/attendees/{attendeeId}/proof")) {
            assertThat(paths.get(other)).as(other).isNotNull();
            assertThat(paths.get(other).toString()).as(other).contains("\"summary\"", "\"description\"");
        }
    }

    /** Seats at 100.00 of which there are so many, and students at 30.00 who fall back to them. */
    private String conference(int seats) {
        String slug = "proofs-" + UUID.randomUUID().toString().substring(0, 8);
        service.put("/api/admin/conferences/" + slug, staffToken("organiser"), """
                {"slug": "%s", "name": "Proofs", "startsOn": "2026-05-18", "endsOn": "2026-05-22", "timeZone": "UTC",
                 "registration": {"currency": "USD", "capacity": 10, "offerHours": 12, "proofHours": 24, "reviewDays": 5,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}, "quota": %d},
                                 {"code": "student", "name": "Student", "amounts": {"all": 3000}, "needsProof": true,
                                  "otherwise": "seat"}]}}
                """.formatted(slug, seats))
                .expect(201);
        return slug;
    }

    private Reply register(String slug, String... categories) {
        List<String> attendees = new ArrayList<>();
        for (String category : categories) {
            attendees.add("""
                    {"category": "%s", "givenName": "Ada", "familyName": "Lovelace", "email": "ada@example.org"}""".formatted(category));
        }
        return service.post("/api/conferences/" + slug + "/registrations", null, newKey(), """
                {"contact": {"name": "Ada Lovelace", "email": "ada@example.org"}, "attendees": [%s],
                 "acceptedCodeOfConduct": true}""".formatted(
                                String.join(",", attendees)))
                .expect(201);
    }

    private Reply upload(Reply registration, int attendee, String name, byte[] content) {
        return service.upload(path(registration, attendee), token(registration), null, name, content);
    }

    private Reply review(Reply registration, String body) {
        return service.post(reviewPath(registration), staffToken("organiser"), null, body);
    }

    private static String reviewPath(Reply registration) {
        return "/api/admin/registrations/" + registration.text("id") + "/review";
    }

    private static String path(Reply registration, String call) {
        return "/api/registrations/" + registration.text("id") + "/" + call;
    }

    private static String path(Reply registration, int attendee) {
        return path(registration, "attendees/")
                + registration.body().at("/attendees/" + attendee + "/id").asString() + "/proof";
    }

    private static String token(Reply registration) {
        return registration.text("accessToken");
    }

    private String proof(Reply registration, int attendee) {
        return read(registration).body().at("/attendees/" + attendee + "/proof").asString();
    }

    private void pay(Reply registration, long amount, long sequence) {
        String id = registration.text("id");
        service.tellPayment(id, "payment.captured.v1", sequence, captured(id, amount, amount, UUID.randomUUID()));
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

    private List<String> timeline(Reply registration) {
        List<String> lines = new ArrayList<>();
        service.get(path(registration, "timeline"), token(registration))
                .body()
                .get("items")
                .forEach(item -> lines.add(item.get("what").asString()));
        return lines;
    }

    private List<String> stored(Reply registration) {
        return jdbc.sql("select content_type from proof where registration_id = ?::uuid")
                .param(registration.text("id"))
                .query(String.class)
                .list();
    }

    private List<@Nullable String> audited(Reply registration) {
        return jdbc.sql("select what from audit where registration_id = ?::uuid order by at, id")
                .param(registration.text("id"))
                .query(String.class)
                .list();
    }

    private void uploadedEarlier(Duration by) {
        jdbc.sql("update proof set uploaded_at = uploaded_at - ? * interval '1 second'")
                .param(by.toSeconds())
                .update();
    }

    /** The job itself, now. */
    private void forgetOldProofs() {
        ScheduledTask job = jobs.getScheduledTasks().stream()
                .filter(task -> task.toString().contains("forgetOldProofs"))
                .findFirst()
                .orElseThrow();
        job.getTask().getRunnable().run();
    }

    private void moveTo(Instant instant) {
        service.send("PUT", "/api/rehearsal/clock", null, null, "{\"now\": \"" + instant + "\"}")
                .expect(200);
    }

    private Reply read(Reply registration) {
        return service.get("/api/registrations/" + registration.text("id"), token(registration));
    }

    private void awaitStatus(Reply registration, String status) {
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(read(registration).text("status")).isEqualTo(status));
    }

    private Written awaitWritten(String topic, Reply registration, String type) {
        return await().atMost(SOON)
                .until(() -> written(topic, registration, type), found -> !found.isEmpty())
                .getFirst();
    }

    private List<Written> written(String topic, Reply registration, String type) {
        return service.written(topic, registration.text("id")).stream()
                .filter(message -> message.type().equals(type))
                .toList();
    }
}
