package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.AccessMatrix;
import org.openingminute.kit.testing.TokenVectors;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** Proves for each operation of the running service which callers it admits, and which fields of a registration each of them sees. */
@RegistrationServiceTest
class AccessIT implements AccessMatrix {

    private static final byte[] PDF = "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII);

    @Autowired
    private ServiceFixture service;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mapping;

    private @Nullable String slug;

    private @Nullable String checkIn;

    @Override
    public URI base() {
        return URI.create("http://127.0.0.1:" + service.port());
    }

    @Override
    public String accessTokenKeys() {
        return "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";
    }

    @Override
    public String staffToken(String role) {
        return StaffIssuer.staffToken(role);
    }

    @Override
    public Stream<Route> routes() {
        return Route.of(mapping);
    }

    @Override
    public Subject subject() {
        Reply made = register("seat");
        return new Subject(UUID.fromString(made.text("id")), attendee(made, 0), attendee(made, 1));
    }

    @Override
    public Map<String, String> variables(Subject subject) {
        return Map.of(
                "id", subject.registration().toString(),
                "attendeeId", subject.attendee().toString(),
                "attendee", subject.attendee().toString(),
                "slug", String.valueOf(slug),
                "checkInId", checkIn(),
                "code", "UNKNOWN");
    }

    @Override
    public Map<String, Body> bodies() {
        Body file = new Body(
                "multipart/form-data; boundary=" + ServiceFixture.BOUNDARY, ServiceFixture.multipart("card.pdf", PDF));
        return Map.of(
                "POST /api/admin/check-ins",
                Body.json("{\"conference\": \"" + slug + "\"}"),
                "POST /api/registrations/{id}/attendees/{attendeeId}/proof",
                file,
                "POST /registrations/{id}/attendees/{attendee}/proof",
                file,
                "POST /registrations/{id}/cancellation",
                Body.form("key=once&refund=0"),
                "POST /conferences/{slug}/register (form)",
                Body.form("action=add"),
                "POST /desk/{slug}/registrations/new",
                Body.form("action=add"));
    }

    @Test
    void attendee_reads_the_own_part_of_a_registration() {
        Reply made = register("free");
        String path = "/api/registrations/" + made.text("id");

        JsonNode seen = service.get(path, token(made, 1)).expect(200).body();

        assertThat(seen.path("id").asString()).isEqualTo(made.text("id"));
        assertThat(seen.path("reference").asString()).isEqualTo(made.text("reference"));
        assertThat(seen.path("status").asString()).isEqualTo("confirmed");
        assertThat(seen.path("attendees")).hasSize(1);
        assertThat(seen.at("/attendees/0/givenName").asString()).isEqualTo("Grace");
        assertThat(seen.at("/attendees/0/dietary").asString()).isEqualTo("vegan");
        assertThat(seen.at("/links/ticket").asString())
                .endsWith(path + "/attendees/" + attendee(made, 1) + "/ticket.pdf");
        assertThat(seen.toString()).doesNotContain("Ada", "ada@example.org", "USD");
        assertThat(seen.propertyNames())
                .containsExactlyElementsOf(service.read(made).body().propertyNames());
    }

    @Test
    void ended_attendee_token_opens_nothing() {
        Reply made = register("free");
        String path = "/api/registrations/" + made.text("id");

        service.get(path, signed(made, attendee(made, 0) + ".1")).expectProblem(401, "unauthenticated");
        service.get(path, signed(made, UUID.randomUUID() + ".0")).expectProblem(401, "unauthenticated");
    }

    @Test
    void staff_reads_what_the_role_needs() {
        Reply made = register("seat");
        String path = "/api/registrations/" + made.text("id");

        JsonNode atTheGate =
                service.get(path, staffToken("check-in")).expect(200).body();
        assertThat(atTheGate.at("/attendees/1/familyName").asString()).isEqualTo("Hopper");
        assertThat(atTheGate.at("/total/amount").asLong()).isEqualTo(20_000);
        assertThat(atTheGate.toString()).doesNotContain("@example.org", "vegan", "ramp", "payment\":{", "lines\":[");
        JsonNode operators =
                service.get(path, staffToken("operator")).expect(200).body();
        assertThat(operators.at("/payment/due/amount").asLong()).isEqualTo(20_000);
        assertThat(operators.toString())
                .doesNotContain("@example.org", "vegan", "ramp", "Hopper", "Lovelace", "Navy", "Amazing");
        assertThat(service.get(path, staffToken("organiser")).expect(200).body())
                .isEqualTo(service.read(made).body());
    }

    @Test
    void proof_is_answered_with_the_own_part_however_often() {
        slug = service.putConference(10, 600, ", \"needsProof\": true");
        Reply made = register("seat");
        String path = "/api/registrations/" + made.text("id") + "/attendees/" + attendee(made, 1) + "/proof";
        String key = ServiceFixture.newKey();

        Reply first = service.upload(path, token(made, 1), key, "card.pdf", PDF).expect(202);

        assertThat(first.body().path("attendees")).hasSize(1);
        assertThat(first.body().at("/attendees/0/proof").asString()).isEqualTo("received");
        assertThat(first.raw().body()).doesNotContain("Ada", "USD");
        assertThat(service.upload(path, token(made, 1), key, "card.pdf", PDF)
                        .expect(202)
                        .raw()
                        .body())
                .isEqualTo(first.raw().body());
        service.upload(path, token(made, 0), null, "card.pdf", PDF).expectProblem(403, "forbidden");
    }

    @Test
    void attendee_page_shows_the_own_part() {
        Reply made = register("free");
        String page = "/registrations/" + made.text("id");

        assertThat(service.page(page, token(made, 1)))
                .contains(
                        made.text("reference"),
                        "Grace Hopper",
                        attendee(made, 1) + "/ticket.pdf",
                        "action=\"/open/close\"")
                .doesNotContain("Ada Lovelace", "/cancellation", "live-timeline", "live-price", "$");
        assertThat(service.page(page, made.text("accessToken"))).contains("Grace Hopper", "Ada Lovelace");
    }

    /** Returns a check-in of another attendee of the conference. */
    private String checkIn() {
        if (checkIn == null) {
            checkIn = service.post(
                            "/api/admin/check-ins",
                            staffToken("check-in"),
                            null,
                            "{\"gate\": \"north\", \"attendee\": \"" + attendee(register("free"), 0) + "\"}")
                    .expect(201)
                    .text("id");
        }
        return checkIn;
    }

    private Reply register(String category) {
        if (slug == null) {
            slug = service.putConference(1_000, 600);
        }
        return service.post("/api/conferences/" + slug + "/registrations", null, ServiceFixture.newKey(), """
                {"contact": {"name": "Ada Lovelace", "email": "ada@example.org"},
                 "attendees": [{"category": "%1$s", "givenName": "Ada", "familyName": "Lovelace", "email": "ada@example.org",
                                "accessibility": "ramp"},
                               {"category": "%1$s", "givenName": "Grace", "familyName": "Hopper", "email": "grace@example.org",
                                "affiliation": "Navy", "badgeName": "Amazing Grace", "dietary": "vegan"}],
                 "acceptedCodeOfConduct": true}""".formatted(
                                category))
                .expect(201);
    }

    private static UUID attendee(Reply made, int nth) {
        return UUID.fromString(made.body().at("/attendees/" + nth + "/id").asString());
    }

    /** Returns an attendee's own token, as issued by a transfer. */
    private String token(Reply made, int nth) {
        return signed(made, attendee(made, nth) + ".0");
    }

    private String signed(Reply made, String attendeeAndGeneration) {
        return TokenVectors.signed(accessTokenKeys(), "k1." + made.text("id") + "." + attendeeAndGeneration);
    }
}
