package org.openingminute.registration.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceUnderTest.captured;
import static org.openingminute.registration.ServiceUnderTest.newKey;
import static org.openingminute.registration.ServiceUnderTest.staffToken;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
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

/**
 * Categories with proof, at a service on a real database and broker; its neighbours are played by the test. Here is what is
 * called and read.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"APP_MODE=rehearsal", "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"})
abstract class ProofCalls {

    static final Duration SOON = Duration.ofSeconds(30);
    static final int FIVE_MEGABYTES = 5 * 1024 * 1024;
    static final byte[] PDF = "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII);
    static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 1, 2};
    static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 1};
    static final byte[] GIF = "GIF89a".getBytes(StandardCharsets.US_ASCII);

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ScheduledAnnotationBeanPostProcessor jobs;

    ServiceUnderTest service;

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

    /** Seats at 100.00 of which there are so many, and students at 30.00 who fall back to them. */
    String conference(int seats) {
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

    Reply register(String slug, String... categories) {
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

    Reply upload(Reply registration, int attendee, String name, byte[] content) {
        return service.upload(path(registration, attendee), token(registration), null, name, content);
    }

    Reply review(Reply registration, String body) {
        return service.post(reviewPath(registration), staffToken("organiser"), null, body);
    }

    static String reviewPath(Reply registration) {
        return "/api/admin/registrations/" + registration.text("id") + "/review";
    }

    static String path(Reply registration, String call) {
        return "/api/registrations/" + registration.text("id") + "/" + call;
    }

    static String path(Reply registration, int attendee) {
        return path(registration, "attendees/")
                + registration.body().at("/attendees/" + attendee + "/id").asString() + "/proof";
    }

    static String token(Reply registration) {
        return registration.text("accessToken");
    }

    String proof(Reply registration, int attendee) {
        return read(registration).body().at("/attendees/" + attendee + "/proof").asString();
    }

    void pay(Reply registration, long amount, long sequence) {
        String id = registration.text("id");
        service.tellPayment(id, "payment.captured.v1", sequence, captured(id, amount, amount, UUID.randomUUID()));
    }

    String seats(String slug) {
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

    List<String> timeline(Reply registration) {
        List<String> lines = new ArrayList<>();
        service.get(path(registration, "timeline"), token(registration))
                .body()
                .get("items")
                .forEach(item -> lines.add(item.get("what").asString()));
        return lines;
    }

    List<String> stored(Reply registration) {
        return jdbc.sql("select content_type from proof where registration_id = ?::uuid")
                .param(registration.text("id"))
                .query(String.class)
                .list();
    }

    List<String> storedIds(Reply registration) {
        return jdbc.sql("select id::text from proof where registration_id = ?::uuid")
                .param(registration.text("id"))
                .query(String.class)
                .list();
    }

    /** The file that the registration's document names for its first attendee. */
    String countsFor(Reply registration) {
        return jdbc.sql("select document -> 'attendees' -> 0 ->> 'proofFile' from registration where id = ?::uuid")
                .param(registration.text("id"))
                .query(String.class)
                .single();
    }

    List<@Nullable String> audited(Reply registration) {
        return jdbc.sql("select what from audit where registration_id = ?::uuid order by at, id")
                .param(registration.text("id"))
                .query(String.class)
                .list();
    }

    void uploadedEarlier(Duration by) {
        jdbc.sql("update proof set uploaded_at = uploaded_at - ? * interval '1 second'")
                .param(by.toSeconds())
                .update();
    }

    /** The job itself, now. */
    void forgetOldProofs() {
        ScheduledTask job = jobs.getScheduledTasks().stream()
                .filter(task -> task.toString().contains("forgetOldProofs"))
                .findFirst()
                .orElseThrow();
        job.getTask().getRunnable().run();
    }

    void moveTo(Instant instant) {
        service.send("PUT", "/api/rehearsal/clock", null, null, "{\"now\": \"" + instant + "\"}")
                .expect(200);
    }

    Reply read(Reply registration) {
        return service.get("/api/registrations/" + registration.text("id"), token(registration));
    }

    void awaitStatus(Reply registration, String status) {
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(read(registration).text("status")).isEqualTo(status));
    }

    Written awaitWritten(String topic, Reply registration, String type) {
        return await().atMost(SOON)
                .until(() -> written(topic, registration, type), found -> !found.isEmpty())
                .getFirst();
    }

    List<Written> written(String topic, Reply registration, String type) {
        return service.written(topic, registration.text("id")).stream()
                .filter(message -> message.type().equals(type))
                .toList();
    }
}
