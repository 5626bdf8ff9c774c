package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, on the running system, that a bad request gets its own problem code and changes nothing. */
@ExtendWith(SystemFixture.class)
class BadInputIT {

    private static final String UNKNOWN = "01994d3e-7a4b-7cc0-9d2f-0123456789ab";

    private final ApiClient api;

    BadInputIT(Running running) {
        api = running.api();
    }

    private static String good() {
        return ApiClient.body("academic", ApiClient.newAddress("bad.input"));
    }

    private Answer attempt(String body) {
        return api.attempt("mlsys-2026", body, ApiClient.newKey());
    }

    @Test
    void json_that_cannot_be_read_is_malformed() {
        attempt("{\"contact\": ").isProblem(400, "malformed");
        attempt("[]").isProblem(400, "malformed");
        attempt(good().replace("\"attendees\": [", "\"attendees\": [5, ")).isProblem(400, "malformed");
    }

    @Test
    void another_media_type_is_refused() {
        api.post(
                        "/api/conferences/mlsys-2026/registrations",
                        "a=b",
                        Map.of("Idempotency-Key", ApiClient.newKey(), "Content-Type", "text/plain"))
                .isProblem(415, "unsupported-media-type");
    }

    @Test
    void an_unknown_field_is_named() {
        Answer answer = attempt(good().replace("\"attendees\"", "\"attendes\": [], \"attendees\""));

        answer.isProblem(422, "invalid");
        assertThat(answer.json().at("/errors").findValuesAsString("field")).contains("attendes");
    }

    @Test
    void an_unknown_category_is_named() {
        Answer answer = attempt(ApiClient.body("no-such-category", "ada@example.org"));

        answer.isProblem(422, "invalid");
        assertThat(answer.json().at("/errors").findValuesAsString("field")).contains("attendees[0].category");
    }

    @Test
    void an_address_without_a_domain_is_named() {
        for (String address : new String[] {"ada", "ada@", "@example.org", "ada@@example.org", "ada example@x.org"}) {
            Answer answer = attempt(ApiClient.body("academic", address));

            answer.isProblem(422, "invalid");
            assertThat(answer.json().at("/errors").findValuesAsString("field"))
                    .as(address)
                    .contains("contact.email", "attendees[0].email");
        }
    }

    @Test
    void one_to_ten_attendees() {
        String attendee = "{\"category\": \"academic\", \"givenName\": \"Ada\", \"familyName\": \"Lovelace\","
                + " \"email\": \"ada@example.org\"}";
        String body = """
                {"contact": {"name": "Ada Lovelace", "email": "ada@example.org"}, "attendees": [%s],
                 "acceptedCodeOfConduct": true}
                """;

        attempt(body.formatted("")).isProblem(422, "invalid");
        attempt(body.formatted(String.join(",", Collections.nCopies(11, attendee))))
                .isProblem(422, "invalid");
        attempt(body.formatted(String.join(",", Collections.nCopies(10, attendee))))
                .has(201);
    }

    @Test
    void missing_fields_are_named() {
        Answer answer = attempt("{\"contact\": {}, \"attendees\": [{}]}");

        answer.isProblem(422, "invalid");
        assertThat(answer.json().at("/errors").findValuesAsString("field"))
                .contains(
                        "contact.name",
                        "contact.email",
                        "attendees[0].category",
                        "attendees[0].givenName",
                        "attendees[0].familyName",
                        "attendees[0].email",
                        "acceptedCodeOfConduct");
    }

    @Test
    void ten_megabytes_are_too_large() {
        attempt(good().replace("\"Ada\"", "\"" + "a".repeat(10_000_000) + "\"")).isProblem(413, "too-large");
    }

    @Test
    void a_key_is_needed_and_is_good_for_one_body() {
        api.post("/api/conferences/mlsys-2026/registrations", good(), Map.of())
                .isProblem(400, "idempotency-key-missing");

        String key = ApiClient.newKey();
        api.attempt("mlsys-2026", good(), key).has(201);
        api.attempt("mlsys-2026", good(), key).isProblem(422, "idempotency-key-reused");
    }

    @Test
    void a_refusal_leaves_the_key_unused() {
        String key = ApiClient.newKey();

        api.attempt("mlsys-2026", ApiClient.body("no-such-category", "ada@example.org"), key)
                .isProblem(422, "invalid");

        api.attempt("mlsys-2026", good(), key).has(201);
    }

    @Test
    void an_unknown_voucher_is_a_problem_of_its_own() {
        attempt(good().replace("\"acceptedCodeOfConduct\"", "\"voucher\": \"NO-SUCH\", \"acceptedCodeOfConduct\""))
                .isProblem(422, "voucher-invalid");
    }

    @Test
    void a_registration_is_open_to_its_own_token_alone() {
        Registered one = api.register("mlsys-2026", "academic", ApiClient.newAddress("one"));
        Registered other = api.register("mlsys-2026", "academic", ApiClient.newAddress("other"));

        api.get("/api/registrations/" + one.id()).isProblem(401, "unauthenticated");
        api.get("/api/registrations/" + one.id(), Map.of("Authorization", "Bearer nonsense"))
                .isProblem(401, "unauthenticated");
        api.get("/api/registrations/" + one.id(), Map.of("Authorization", "Bearer " + tampered(one.token())))
                .isProblem(401, "unauthenticated");
        api.get("/api/registrations/" + one.id(), other.bearer()).isProblem(403, "forbidden");
        api.get("/api/registrations/" + UNKNOWN, other.bearer()).isProblem(403, "forbidden");
        api.send("POST", "/api/payments/" + one.id() + "/checkout", null, other.bearer())
                .isProblem(403, "forbidden");
        api.send("POST", "/api/payments/" + one.id() + "/checkout", null, Map.of())
                .isProblem(401, "unauthenticated");
    }

    @Test
    void unknown_resources_are_not_found() {
        Map<String, String> organiser = api.signIn("organiser");

        api.get("/api/conferences/no-such").isProblem(404, "not-found");
        api.attempt("no-such", good(), ApiClient.newKey()).isProblem(404, "not-found");
        api.get("/api/registrations/" + UNKNOWN, organiser).isProblem(404, "not-found");
        api.get("/internal/status").isProblem(404, "not-found");
        api.get("/actuator/health").isProblem(404, "not-found");
    }

    @Test
    void staff_need_their_role() {
        api.post("/api/session", "{\"username\": \"organiser\", \"password\": \"guessed\"}", Map.of())
                .isProblem(401, "unauthenticated");
        api.get("/api/admin/conferences/mlsys-2026").isProblem(401, "unauthenticated");
        api.get("/api/admin/conferences/mlsys-2026", api.signIn("check-in")).isProblem(403, "forbidden");
        api.get("/api/ops/status", api.signIn("organiser")).isProblem(403, "forbidden");
        api.get("/api/ops/status", api.signIn("operator")).has(200);
    }

    private static String tampered(String token) {
        char last = token.charAt(token.length() - 2);
        return token.substring(0, token.length() - 2) + (last == 'A' ? 'B' : 'A') + token.charAt(token.length() - 1);
    }
}
