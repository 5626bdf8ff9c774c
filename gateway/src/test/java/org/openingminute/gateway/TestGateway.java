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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway with three stub services, each on a free port. */
public final class TestGateway implements AutoCloseable {

    public static final String PUBLIC_URL = "https://register.example.org";

    public final StubService registration = new StubService();
    public final StubService payment = new StubService();
    public final StubService notification = new StubService();
    private final ConfigurableApplicationContext context;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestGateway(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--server.address=127.0.0.1",
                "--management.server.address=127.0.0.1",
                "--PUBLIC_URL=" + PUBLIC_URL,
                "--REGISTRATION_URL=" + registration.url(),
                "--PAYMENT_URL=" + payment.url(),
                "--NOTIFICATION_URL=" + notification.url(),
                "--ORGANISER_PASSWORD=organiser's",
                "--OPERATOR_PASSWORD=operator's",
                // A service that is there answers on a busy machine too.
                "--gateway.budgets.internal=5s",
                "--STAFF_SIGNING_KEY=" + newKey()));
        arguments.addAll(List.of(more));
        context = new SpringApplicationBuilder(GatewayApplication.class).run(arguments.toArray(String[]::new));
    }

    public static TestGateway start(String... more) {
        return new TestGateway(more);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
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
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
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

    /** Sends bytes as they are, which a well-meaning client would not, and gives the whole answer. */
    public String sendRaw(String request) {
        try (Socket socket = new Socket("127.0.0.1", port("local.server.port"))) {
            socket.setSoTimeout(20_000);
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
        context.close();
        registration.close();
        payment.close();
        notification.close();
    }

    private int port(String key) {
        return context.getEnvironment().getRequiredProperty(key, Integer.class);
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
