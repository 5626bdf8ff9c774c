package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service with a real database, broker and mail server. All tests share one instance of it, since a second one in
 * the same consumer group would take its messages; they are told apart by registration.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
abstract class ServiceUnderTest {

    static final String KEYS = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    static final Trap TRAP = new Trap().start();
    static final Staff STAFF = new Staff();
    static final Neighbours NEIGHBOURS = new Neighbours(TestInfrastructure.kafkaBootstrapServers());
    static final JsonMapper JSON = new JsonMapper();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @DynamicPropertySource
    static void surroundings(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "notification");
        registry.add("APP_MODE", () -> "rehearsal");
        registry.add("PUBLIC_URL", () -> Staff.ISSUER);
        registry.add("SERVER_ADDRESS", () -> "127.0.0.1");
        registry.add("ACCESS_TOKEN_KEYS", () -> KEYS);
        registry.add("STAFF_JWKS_URI", STAFF::jwksUri);
        registry.add("SMTP_HOST", () -> "127.0.0.1");
        registry.add("SMTP_PORT", TRAP::smtpPort);
        registry.add("MAIL_TRAP_HOST", () -> "127.0.0.1");
        registry.add("MAIL_TRAP_PORT", TRAP::imapPort);
        registry.add("notification.pace.pay-now-after", () -> "4s");
        registry.add("notification.pace.payment-failed-after", () -> "1s");
        registry.add("notification.pace.receipt-within", () -> "300ms");
        registry.add("notification.pace.resends-per-hour", () -> "8");
        registry.add("resilience4j.circuitbreaker.instances.mail-server.wait-duration-in-open-state", () -> "500ms");
        NEIGHBOURS.tell(Story.conference(1));
    }

    static void within(Duration time, org.awaitility.core.ThrowingRunnable condition) {
        await().atMost(time).pollInterval(Duration.ofMillis(100)).untilAsserted(condition);
    }

    static void soon(org.awaitility.core.ThrowingRunnable condition) {
        within(Duration.ofSeconds(30), condition);
    }

    HttpResponse<String> call(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The mails to an address that the mailbox shows. */
    List<JsonNode> mailsTo(String address) {
        HttpResponse<String> answer = call("GET", "/mailbox/messages?to=" + address.replace("+", "%2B"), null);
        assertThat(answer.statusCode()).isEqualTo(200);
        List<JsonNode> mails = new ArrayList<>();
        JSON.readTree(answer.body()).forEach(mails::add);
        return mails;
    }

    /** Kind and state of every mail of a registration, oldest first. */
    List<String> rowsOf(UUID registration) {
        return jdbc.sql("select kind || ' ' || state from mail where registration_id = ? order by created_at, id")
                .param(registration)
                .query(String.class)
                .list();
    }

    static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(JSON.readTree(answer.body()).path("code").asString()).isEqualTo(code);
    }
}
