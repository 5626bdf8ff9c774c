package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.endtoend.Door.Registered;
import org.openingminute.local.endtoend.WholeSystem.Running;

/** What is wrong is answered with its own code, and changes nothing. */
@ExtendWith(WholeSystem.class)
class BadInputIT {

    private static final String UNKNOWN = "01994d3e-7a4b-7cc0-9d2f-0123456789ab";

    private final Door door;

    BadInputIT(Running running) {
        door = running.door();
    }

    private static String good() {
        return Door.body("academic", Door.newAddress("bad.input"));
    }

    private Answer attempt(String body) {
        return door.attempt("mlsys-2026", body, Door.newKey());
    }

    @Test
    void json_that_cannot_be_read_is_malformed() {
        attempt("{\"contact\": ").isProblem(400, "malformed");
        attempt("[]").isProblem(400, "malformed");
        attempt(good().replace("\"attendees\": [", "\"attendees\": [5, ")).isProblem(400, "malformed");
    }

    @Test
    void another_media_type_is_refused() {
        door.post(
                        "/api/conferences/mlsys-2026/registrations",
                        "a=b",
                        Map.of("Idempotency-Key", Door.newKey(), "Content-Type", "text/plain"))
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
        Answer answer = attempt(Door.body("no-such-category", "ada@example.org"));

        answer.isProblem(422, "invalid");
        assertThat(answer.json().at("/errors").findValuesAsString("field")).contains("attendees[0].category");
    }

    @Test
    void an_address_without_a_domain_is_named() {
        for (String address : new String[] {"ada", "ada@", "@example.org", "ada@@example.org", "ada example@x.org"}) {
            Answer answer = attempt(Door.body("academic", address));

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
    void what_is_required_is_named() {
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
        door.post("/api/conferences/mlsys-2026/registrations", good(), Map.of())
                .isProblem(400, "idempotency-key-missing");

        String key = Door.newKey();
        door.attempt("mlsys-2026", good(), key).has(201);
        door.attempt("mlsys-2026", good(), key).isProblem(422, "idempotency-key-reused");
    }

    @Test
    void a_refusal_leaves_the_key_unused() {
        String key = Door.newKey();

        door.attempt("mlsys-2026", Door.body("no-such-category", "ada@example.org"), key)
                .isProblem(422, "invalid");

        door.attempt("mlsys-2026", good(), key).has(201);
    }

    @Test
    void an_unknown_voucher_is_a_problem_of_its_own() {
        attempt(good().replace("\"acceptedCodeOfConduct\"", "\"voucher\": \"NO-SUCH\", \"acceptedCodeOfConduct\""))
                .isProblem(422, "voucher-invalid");
    }

    @Test
    void a_registration_is_open_to_its_own_token_alone() {
        Registered one = door.register("mlsys-2026", "academic", Door.newAddress("one"));
        Registered other = door.register("mlsys-2026", "academic", Door.newAddress("other"));

        door.get("/api/registrations/" + one.id()).isProblem(401, "unauthenticated");
        door.get("/api/registrations/" + one.id(), Map.of("Authorization", "Bearer nonsense"))
                .isProblem(401, "unauthenticated");
        door.get("/api/registrations/" + one.id(), Map.of("Authorization", "Bearer " + tampered(one.token())))
                .isProblem(401, "unauthenticated");
        door.get("/api/registrations/" + one.id(), other.bearer()).isProblem(403, "forbidden");
        door.get("/api/registrations/" + UNKNOWN, other.bearer()).isProblem(403, "forbidden");
        door.send("POST", "/api/payments/" + one.id() + "/checkout", null, other.bearer())
                .isProblem(403, "forbidden");
        door.send("POST", "/api/payments/" + one.id() + "/checkout", null, Map.of())
                .isProblem(401, "unauthenticated");
    }

    @Test
    void what_does_not_exist_is_not_found() {
        Map<String, String> organiser = door.signIn("organiser");

        door.get("/api/conferences/no-such").isProblem(404, "not-found");
        door.attempt("no-such", good(), Door.newKey()).isProblem(404, "not-found");
        door.get("/api/registrations/" + UNKNOWN, organiser).isProblem(404, "not-found");
        door.get("/internal/status").isProblem(404, "not-found");
        door.get("/actuator/health").isProblem(404, "not-found");
    }

    @Test
    void staff_need_their_role() {
        door.post("/api/session", "{\"username\": \"organiser\", \"password\": \"guessed\"}", Map.of())
                .isProblem(401, "unauthenticated");
        door.get("/api/admin/conferences/mlsys-2026").isProblem(401, "unauthenticated");
        door.get("/api/admin/conferences/mlsys-2026", door.signIn("check-in")).isProblem(403, "forbidden");
        door.get("/api/ops/status", door.signIn("organiser")).isProblem(403, "forbidden");
        door.get("/api/ops/status", door.signIn("operator")).has(200);
    }

    private static String tampered(String token) {
        char last = token.charAt(token.length() - 2);
        return token.substring(0, token.length() - 2) + (last == 'A' ? 'B' : 'A') + token.charAt(token.length() - 1);
    }
}
