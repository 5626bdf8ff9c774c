package org.openingminute.registration.proofs;

import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Calls on categories with a proof, shared by tests. */
final class ProofSteps {

    static final int FIVE_MEGABYTES = 5 * 1024 * 1024;
    static final byte[] PDF = "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII);
    static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 1, 2};
    static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 1};
    static final byte[] GIF = "GIF89a".getBytes(StandardCharsets.US_ASCII);

    private final ServiceFixture service;
    private final JdbcClient jdbc;

    ProofSteps(ServiceFixture service, JdbcClient jdbc) {
        this.service = service;
        this.jdbc = jdbc;
    }

    /** Publishes a conference with this number of seats at 100.00, and students at 30.00 who fall back to them. */
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

    List<@Nullable String> audited(Reply registration) {
        return jdbc.sql("select what from audit where registration_id = ?::uuid order by at, id")
                .param(registration.text("id"))
                .query(String.class)
                .list();
    }
}
