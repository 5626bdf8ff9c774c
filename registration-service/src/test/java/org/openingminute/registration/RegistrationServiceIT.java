package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One registration-service, its neighbours played by the test. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "APP_MODE=rehearsal",
            "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
            "STAFF_JWKS_URI=http://127.0.0.1:1/jwks"
        })
class RegistrationServiceIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "registration");
    }

    @Test
    void a_registration_holds_seats_and_the_same_request_is_one() throws Exception {
        String body = """
                {"contact": {"name": "Ada Lovelace", "email": "ada@example.org"},
                 "attendees": [{"category": "academic", "givenName": "Ada", "familyName": "Lovelace",
                                "email": "ada@example.org", "addOns": [{"code": "tutorials", "quantity": 1}]}],
                 "acceptedCodeOfConduct": true}""";
        String key = UUID.randomUUID().toString();
        HttpResponse<String> first = post("/api/conferences/mlsys-2026/registrations", body, key);
        HttpResponse<String> again = post("/api/conferences/mlsys-2026/registrations", body, key);

        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        JsonNode registration = JSON.readTree(first.body());
        assertThat(registration.get("status").asString()).isEqualTo("pending-payment");
        assertThat(registration.get("total").get("amount").asLong()).isEqualTo(80_000);
        System.out.println(registration.toPrettyString());
        HttpResponse<String> got = get(
                first.headers().firstValue("Location").orElseThrow(),
                registration.get("accessToken").asString());
        assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
        System.out.println(JSON.readTree(got.body()).toPrettyString());
        System.out.println(get("/api/conferences/mlsys-2026/availability", "").body());
        System.out.println(get("/internal/status", "").body());
    }

    private HttpResponse<String> post(String path, String body, String key) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path, String token) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
