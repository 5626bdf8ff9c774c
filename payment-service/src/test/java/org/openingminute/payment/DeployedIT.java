package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service of a deployment, while no broker answers. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class DeployedIT {

    /** Made anew: one that stands in a source is refused. */
    private static final String KEYS = Deployed.keys();

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        String database = TestInfrastructure.newDatabase("deployed");
        registry.add("DATABASE_URL", () -> database);
        registry.add("DATABASE_USER", () -> "postgres");
        registry.add("DATABASE_PASSWORD", () -> "postgres");
        registry.add("KAFKA_BOOTSTRAP_SERVERS", () -> "127.0.0.1:1");
        registry.add("PUBLIC_URL", () -> "https://conference.example");
        registry.add("ACCESS_TOKEN_KEYS", () -> KEYS);
        registry.add("PAYMENT_CARD_PROVIDER", () -> "none");
        registry.add("STAFF_JWKS_URI", () -> "https://conference.example/.well-known/jwks.json");
    }

    @Test
    void it_is_ready_without_a_broker() throws Exception {
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        HttpResponse<String> status = get("/internal/status");
        assertThat(status.statusCode()).isEqualTo(200);
        assertThat(status.body()).contains("\"brokerAnswers\":false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sandbox/faults",
                "/sandbox/payments",
                "/sandbox/checkout/cs_1",
                "/sandbox/api/sessions/cs_1",
                "/sandbox/checkout/cs_1/confirmation"
            })
    void there_is_no_sandbox(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"code\":\"not-found\"");
    }

    @Test
    void nobody_is_let_in_without_a_token() throws Exception {
        assertThat(get("/api/payments/019c1f4b-fe80-7025-8065-5a1d316edc57").statusCode())
                .isEqualTo(401);
    }

    @Test
    void the_sandbox_tells_nothing_here() throws Exception {
        HttpRequest told = HttpRequest.newBuilder(uri("/api/payments/webhooks/sandbox"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        assertThat(http.send(told, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(404);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
