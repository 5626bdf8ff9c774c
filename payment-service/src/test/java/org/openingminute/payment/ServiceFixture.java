package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The running service with a real database and broker; the tests speak to it as its neighbours and its payers do. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT)
abstract class WholeService {

    static final String WEBHOOK_SECRET = "webhook-secret-of-the-tests";
    static final String API_KEY = "api-key-of-the-tests";
    private static final byte[] TOKEN_SECRET =
            "an access token's secret, 32 bytes and more".getBytes(StandardCharsets.UTF_8);
    private static final int PORT = freePort();
    static final String URL = "http://127.0.0.1:" + PORT;
    static final JsonMapper JSON = new JsonMapper();
    static final RegistrationPlayed registration = new RegistrationPlayed(TestInfrastructure.kafkaBootstrapServers());
    static final Staff STAFF = new Staff();
    static final Duration SOON = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Autowired
    JdbcClient jdbc;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        rehearsal(registry, PORT);
    }

    /** A service with a database of its own that listens on this port. */
    static void rehearsal(DynamicPropertyRegistry registry, int port) {
        TestInfrastructure.register(registry, "payment");
        registry.add("APP_MODE", () -> "rehearsal");
        registry.add("SERVER_PORT", () -> port);
        registry.add("SERVER_ADDRESS", () -> "127.0.0.1");
        registry.add("PUBLIC_URL", () -> "http://127.0.0.1:" + port);
        registry.add(
                "ACCESS_TOKEN_KEYS",
                () -> "k1:" + Base64.getUrlEncoder().withoutPadding().encodeToString(TOKEN_SECRET));
        registry.add("STAFF_JWKS_URI", STAFF::jwksUri);
        registry.add("BOOKS_CHECKED_EVERY", () -> "1s");
        registry.add("PROVIDERS_ASKED_EVERY", () -> "3s");
        registry.add("SANDBOX_API_KEY", () -> API_KEY);
        registry.add("SANDBOX_WEBHOOK_SECRET", () -> WEBHOOK_SECRET);
    }

    @Autowired
    private CircuitBreakerRegistry breakers;

    @AfterEach
    void no_more_troubles() {
        faults("{}");
        breakers.getAllCircuitBreakers().forEach(CircuitBreaker::reset);
    }

    static String token(UUID registration) {
        String said = "k1." + registration + ".-.0";
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(TOKEN_SECRET, "HmacSHA256"));
            return said + "."
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(mac.doFinal(said.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    record Answer(int status, String text, HttpResponse<String> whole) {

        JsonNode json() {
            return JSON.readTree(text);
        }

        String code() {
            assertThat(whole.headers().firstValue("Content-Type")).contains("application/problem+json");
            return json().path("code").asString();
        }
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : URL + path))
                .timeout(Duration.ofSeconds(40));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Answer postJson(String path, String body) {
        return send(
                to(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer postForm(String path, String body) {
        return send(to(path).header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer checkout(UUID id) {
        return send(to("/api/payments/" + id + "/checkout")
                .header("Authorization", "Bearer " + token(id))
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** Opens a session and gives its address. */
    String checkoutUrl(UUID id) {
        Answer answer = checkout(id);
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
        return answer.json().path("checkoutUrl").asString();
    }

    Answer payment(UUID id) {
        return send(to("/api/payments/" + id).header("Authorization", "Bearer " + token(id)));
    }

    String status(UUID id) {
        return payment(id).json().path("status").asString();
    }

    Answer card(String checkoutUrl, String number) {
        return postJson(
                checkoutUrl, "{\"cardNumber\": \"%s\", \"expiry\": \"12/30\", \"cvc\": \"123\"}".formatted(number));
    }

    void faults(String faults) {
        assertThat(send(to("/sandbox/faults")
                                .header("Content-Type", "application/json")
                                .PUT(HttpRequest.BodyPublishers.ofString(faults)))
                        .status())
                .isEqualTo(200);
    }

    /** A registration that asks for money, known to this service. */
    UUID requested() {
        UUID id = RegistrationPlayed.newId();
        registration.send(RegistrationPlayed.request(id));
        return id;
    }

    /** A registration that is paid, and reported so. */
    UUID paid() {
        UUID id = requested();
        assertThat(card(checkoutUrl(id), "4242424242424242").status()).isEqualTo(200);
        awaitSaid(id, "payment.captured.v1");
        return id;
    }

    void awaitSaid(UUID id, String... types) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(registration.typesSaid(id)).containsExactly(types));
    }

    void awaitStatus(UUID id, String status) {
        await().atMost(SOON).untilAsserted(() -> assertThat(status(id)).isEqualTo(status));
    }

    /** What was posted of a registration, in order. */
    List<String> ledger(UUID id) {
        return jdbc.sql(
                        "select concat_ws(' ', act, debit, credit, amount) from ledger where registration_id = ? order by id")
                .param(id)
                .query(String.class)
                .list();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
