package org.openingminute.gateway;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openingminute.gateway.cache.CachedReads;
import org.openingminute.gateway.routing.BreakerReset;
import org.openingminute.gateway.routing.Breakers;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running gateway, configured as on Kubernetes, with stubs for the three services behind it and an HTTP client in front of it. */
public final class ServiceFixture implements AutoCloseable {

    public static final String PUBLIC_URL = "https://register.example.org";

    static {
        // Ten seconds otherwise, for which a machine may stand still.
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }

    public final StubService registration = new StubService();
    public final StubService payment = new StubService();
    public final StubService notification = new StubService();

    private final Environment environment;
    private final Map<String, Token> tokens = new ConcurrentHashMap<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private record Token(String bearer, Instant renewAt) {}

    private ServiceFixture(Environment environment) {
        this.environment = environment;
    }

    /** The settings of the gateway. A test that needs other settings extends this class, and gets its own gateway. */
    public static class Surroundings implements ApplicationContextInitializer<GenericApplicationContext> {

        private final String[] more;

        public Surroundings() {
            this(new String[0]);
        }

        /** @param more settings that are added to the usual ones, or replace them, as {@code name=value} */
        protected Surroundings(String... more) {
            this.more = more;
        }

        @Override
        public void initialize(GenericApplicationContext context) {
            ServiceFixture fixture = new ServiceFixture(context.getEnvironment());
            PropertySource<?> environment = ofKubernetes();
            context.getEnvironment().getPropertySources().replace(environment.getName(), environment);
            TestPropertyValues.of(
                            "management.server.port=0",
                            "server.address=127.0.0.1",
                            "management.server.address=127.0.0.1",
                            "PUBLIC_URL=" + PUBLIC_URL,
                            // All tests call from one address, so they would share its limit.
                            "LIMITS=off",
                            "REGISTRATION_URL=" + fixture.registration.url(),
                            "PAYMENT_URL=" + fixture.payment.url(),
                            "NOTIFICATION_URL=" + fixture.notification.url(),
                            "ORGANISER_PASSWORD=organiser's password",
                            "OPERATOR_PASSWORD=operator's password",
                            "FINANCE_PASSWORD=finance's password",
                            "CHECK_IN_PASSWORD=check-in's password",
                            // Longer than a machine stands still, so that a service that runs answers in time.
                            "gateway.budgets.webhooks=1m",
                            "gateway.budgets.payment=1m",
                            "gateway.budgets.notification=1m",
                            "gateway.budgets.registration=1m",
                            "gateway.budgets.stream=1m",
                            "gateway.budgets.internal=1m",
                            "WAITING_ROOM_KEYS=" + TestSettings.ROOM_KEYS,
                            "STAFF_SIGNING_KEY=" + newKey())
                    .and(more)
                    .applyTo(context);
            context.registerBean(ServiceFixture.class, () -> fixture);
        }
    }

    /** Adds the variables that Kubernetes sets in every container; Spring Boot looks for them in the environment alone. */
    private static PropertySource<?> ofKubernetes() {
        Map<String, Object> variables = new HashMap<>(System.getenv());
        variables.put("KUBERNETES_SERVICE_HOST", "10.0.0.1");
        variables.put("KUBERNETES_SERVICE_PORT", "443");
        return new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables);
    }

    /**
     * Resets the fixture before each test: the stubs forget the requests they received and their behaviours, except for their part of the
     * OpenAPI document and the answer that no session has ended; the gateway drops its cached responses and closes its circuit breakers.
     * Staff tokens that end within five minutes are replaced.
     */
    static final class SilentStubs implements BeforeEachCallback {

        @Override
        public void beforeEach(ExtensionContext context) {
            ApplicationContext gateway = SpringExtension.getApplicationContext(context);
            ServiceFixture fixture = gateway.getBean(ServiceFixture.class);
            fixture.tokens.values().removeIf(token -> Instant.now().isAfter(token.renewAt()));
            begin(fixture.registration, "/api/conferences");
            fixture.registration.on("/internal/staff-sessions/*", 200, "application/json", "{\"ended\": false}");
            begin(fixture.payment, "/api/payments/{id}");
            begin(fixture.notification, "/mailbox");
            gateway.getBean(CachedReads.class).clear();
            BreakerReset.close(gateway.getBean(Breakers.class));
        }

        private static void begin(StubService stub, String documented) {
            stub.forget();
            stub.on("/internal/openapi", 200, "application/json", """
                    {"openapi":"3.1.0","paths":{"%s":{"get":{}}}}""".formatted(documented));
        }
    }

    /** The {@code Authorization} header of a built-in account after sign-in, the same throughout a test. */
    public String bearer(String account) {
        return tokens.computeIfAbsent(account, _ -> signIn(account)).bearer();
    }

    private Token signIn(String account) {
        Instant renewAt = Instant.now().plus(Duration.ofMinutes(10));
        String credentials = "{\"username\":\"%s\",\"password\":\"%s's password\"}".formatted(account, account);
        JsonNode session = json(post("/api/session", credentials));
        return new Token("Bearer " + session.get("accessToken").asString(), renewAt);
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port("local.server.port") + path);
    }

    public URI managementUri(String path) {
        return URI.create("http://127.0.0.1:" + port("local.management.port") + path);
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(path, request -> {
            if (headers.length > 0) {
                request.headers(headers);
            }
        });
    }

    public HttpResponse<String> post(String path, String json, String... headers) {
        return send(path, request -> {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
            if (headers.length > 0) {
                request.headers(headers);
            }
        });
    }

    public HttpResponse<String> send(String path, Consumer<HttpRequest.Builder> with) {
        return send(uri(path), with);
    }

    public HttpResponse<String> send(URI uri, Consumer<HttpRequest.Builder> with) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(2));
        with.accept(request);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public HttpClient client() {
        return client;
    }

    /** Sends raw bytes, which an HTTP client would refuse to send, and returns the whole response. */
    public String sendRaw(String request) {
        try (Socket socket = new Socket("127.0.0.1", port("local.server.port"))) {
            socket.setSoTimeout(120_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    @Override
    public void close() {
        registration.close();
        payment.close();
        notification.close();
    }

    private int port(String key) {
        return environment.getRequiredProperty(key, Integer.class);
    }

    private static String newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return "-----BEGIN PRIVATE KEY-----\\n"
                    + Base64.getEncoder()
                            .encodeToString(
                                    generator.generateKeyPair().getPrivate().getEncoded())
                    + "\\n-----END PRIVATE KEY-----";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
