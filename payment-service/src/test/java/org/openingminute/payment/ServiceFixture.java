package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openingminute.kit.testing.FreePort;
import org.openingminute.kit.testing.TokenVectors;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Client of the running service, with a real database and broker. Tests use it as neighbours and payers do. */
final class ServiceFixture {

    static final String WEBHOOK_SECRET = "webhook-secret-of-the-tests";
    static final String API_KEY = "api-key-of-the-tests";
    static final JsonMapper JSON = new JsonMapper();
    static final Duration SOON = Duration.ofSeconds(60);

    /** Two keys, as during a rotation. */
    static final String TOKEN_KEYS =
            "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE" + "," + "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";

    private static final RegistrationPlayed REGISTRATION =
            new RegistrationPlayed(TestInfrastructure.kafkaBootstrapServers());
    private static final StaffIssuer STAFF = new StaffIssuer();

    static {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(50));
    }

    final RegistrationPlayed registration = REGISTRATION;

    private final JdbcClient jdbc;
    private final CircuitBreakerRegistry breakers;
    private final Environment environment;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile boolean faulty;

    ServiceFixture(JdbcClient jdbc, CircuitBreakerRegistry breakers, Environment environment) {
        this.jdbc = jdbc;
        this.breakers = breakers;
        this.environment = environment;
    }

    /** Settings of a rehearsal. A test with other settings extends this class and gets its own service. */
    static class Surroundings implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        private final String[] more;

        Surroundings() {
            this(new String[0]);
        }

        /** @param more settings that are added or replace these, as {@code name=value} */
        Surroundings(String... more) {
            this.more = more;
        }

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            int port = FreePort.draw();
            TestPropertyValues.of(
                            "DATABASE_URL=" + TestInfrastructure.newDatabase("payment"),
                            "DATABASE_USER=postgres",
                            "DATABASE_PASSWORD=postgres",
                            "KAFKA_BOOTSTRAP_SERVERS=" + TestInfrastructure.kafkaBootstrapServers(),
                            "APP_MODE=rehearsal",
                            "SERVER_PORT=" + port,
                            "SERVER_ADDRESS=127.0.0.1",
                            "PUBLIC_URL=http://127.0.0.1:" + port,
                            "ACCESS_TOKEN_KEYS=" + TOKEN_KEYS,
                            "STAFF_JWKS_URI=" + STAFF.jwksUri(),
                            // Shorter than the jobs' pauses, so that a check runs in each of their rounds.
                            "BOOKS_CHECKED_EVERY=500ms",
                            "PROVIDERS_ASKED_EVERY=2s",
                            // Otherwise calls are refused after five seconds, for which a database may stand still.
                            "spring.datasource.hikari.connection-timeout=30000",
                            TestInfrastructure.longerTransactions(context.getEnvironment()),
                            // Longer than a machine stands still, and shorter than the lease of a session's check.
                            "resilience4j.timelimiter.instances.sandbox-ask.timeout-duration=18s",
                            "resilience4j.timelimiter.instances.sandbox-list.timeout-duration=18s",
                            "SANDBOX_API_KEY=" + API_KEY,
                            "SANDBOX_WEBHOOK_SECRET=" + WEBHOOK_SECRET)
                    .and(more)
                    .applyTo(context);
        }
    }

    /** Ends the sandbox's faults and closes the circuit breakers after each test. */
    static final class Calm implements AfterEachCallback {

        @Override
        public void afterEach(ExtensionContext context) {
            ServiceFixture service =
                    SpringExtension.getApplicationContext(context).getBean(ServiceFixture.class);
            if (service.faulty) {
                service.faults("{}");
            }
            service.breakers.getAllCircuitBreakers().forEach(CircuitBreaker::reset);
        }
    }

    String url() {
        return "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port");
    }

    /** Returns a staff token for that role. */
    String staff(String role) {
        return STAFF.token(environment.getRequiredProperty("PUBLIC_URL"), role);
    }

    static String token(UUID registration) {
        return token(registration, 0);
    }

    static String token(UUID registration, int generation) {
        return TokenVectors.signed(TOKEN_KEYS, "k1." + registration + ".-." + generation);
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
        return HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url() + path))
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

    /** Opens a session and returns its address; asks again while the payment is not known yet, as payers do. */
    String checkoutUrl(UUID id) {
        Answer answer = await().atMost(SOON).until(() -> checkout(id), given -> given.status() != 503);
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
        faulty = true;
        assertThat(send(to("/sandbox/faults")
                                .header("Content-Type", "application/json")
                                .PUT(HttpRequest.BodyPublishers.ofString(faults)))
                        .status())
                .isEqualTo(200);
        faulty = !faults.equals("{}");
    }

    /** Creates a registration with a requested payment. */
    UUID requested() {
        UUID id = RegistrationPlayed.newId();
        registration.send(RegistrationPlayed.request(id));
        return id;
    }

    /** Creates a registration with a captured and reported payment. */
    UUID paid() {
        UUID id = requested();
        assertThat(card(checkoutUrl(id), "4242424242424242").status()).isEqualTo(200);
        awaitPublished(id, "payment.captured.v1");
        return id;
    }

    void awaitPublished(UUID id, String... types) {
        awaitPublished(SOON, id, types);
    }

    void awaitPublished(Duration within, UUID id, String... types) {
        await().atMost(within)
                .untilAsserted(() -> assertThat(registration.publishedTypes(id)).containsExactly(types));
    }

    /** Waits until the service has read the request for a payment. */
    void awaitKnown(UUID id) {
        await().atMost(SOON).until(() -> payment(id).status() == 200);
    }

    void awaitStatus(UUID id, String status) {
        await().atMost(SOON).untilAsserted(() -> assertThat(status(id)).isEqualTo(status));
    }

    /** Returns the postings of a registration, in order. */
    List<String> ledger(UUID id) {
        return jdbc.sql(
                        "select concat_ws(' ', act, debit, credit, amount) from ledger where registration_id = ? order by id")
                .param(id)
                .query(String.class)
                .list();
    }

    /**
     * Changes a payment's document directly in the database, past all rules.
     *
     * @param change an SQL expression over {@code document}, the document as {@code jsonb}
     */
    void edit(UUID registration, String change, Object... parameters) {
        jdbc.sql("""
                with locked as materialized (select pg_advisory_xact_lock(hashtextextended(?, 0))::text as got)
                update payment set document = (%s)::text, changed_at = now()
                  from locked
                 where registration_id = ? and got is not null
                """.formatted(change.replace("document", "document::jsonb")))
                .param(registration.toString())
                .params(parameters)
                .param(registration)
                .update();
    }

    /** Makes a payment's open work due now. */
    void due(UUID registration, String what) {
        due(registration, what, Duration.ZERO);
    }

    void due(UUID registration, String what, Duration in) {
        jdbc.sql("update payment_open set due_at = now() + ? * interval '1 s' where registration_id = ? and what = ?")
                .param(in.toSeconds())
                .param(registration)
                .param(what)
                .update();
    }
}
