package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openingminute.messaging.testing.Servers;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Client of a registration-service over HTTP and topics. Validates everything that the service publishes against its schemas. */
@Lazy
public final class ServiceFixture {

    public static final JsonMapper JSON = JsonMapper.builder().build();

    /** The time within which the effects of a response have to appear. */
    public static final Duration SOON = Duration.ofSeconds(30);

    private static final Instant START = Instant.parse("2026-02-02T17:00:00Z");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Neighbours neighbours = new Neighbours();
    private final int port;
    private final String base;

    ServiceFixture(@LocalServerPort int port) {
        this.port = port;
        this.base = "http://127.0.0.1:" + port;
    }

    /**
     * Sets the address of the staff's keys and longer transactions, and creates the neighbours' topics before the start.
     */
    public static class WithNeighbours extends Servers {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            Neighbours.makeTopics();
            TestPropertyValues.of(
                            "STAFF_JWKS_URI=" + StaffIssuer.jwksUri(),
                            TestInfrastructure.longerTransactions(context.getEnvironment()))
                    .applyTo(context);
            super.initialize(context);
        }
    }

    /** Imported by classes that compare whole tables or count batches: they get a service of their own. */
    public static final class Alone {}

    /** Resets business time before each test to a few minutes after a rehearsal's start, before any hold of ten minutes ends. */
    static final class ClockReset implements BeforeEachCallback {

        @Override
        public void beforeEach(ExtensionContext test) {
            ServiceFixture service = SpringExtension.getApplicationContext(test).getBean(ServiceFixture.class);
            Duration since = Duration.between(START, service.businessTime());
            if (since.isNegative() || since.compareTo(Duration.ofMinutes(5)) > 0) {
                service.moveTo(START.toString());
            }
        }
    }

    public int port() {
        return port;
    }

    /** A response with its status and JSON body. */
    public record Reply(int status, JsonNode body, HttpResponse<String> raw) {

        public String text(String field) {
            return body.at("/" + field.replace('.', '/')).asString();
        }

        public long number(String field) {
            return body.at("/" + field.replace('.', '/')).asLong();
        }

        public Reply expect(int expected) {
            assertThat(status).as(raw.body()).isEqualTo(expected);
            return this;
        }

        public Reply expectProblem(int expected, String code) {
            expect(expected);
            assertThat(text("code")).isEqualTo(code);
            assertThat(raw.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
            return this;
        }
    }

    public Reply get(String path, String token) {
        return send("GET", path, token, null, null);
    }

    public Reply post(String path, @Nullable String token, @Nullable String key, @Nullable String body) {
        return send("POST", path, token, key, body);
    }

    public Reply put(String path, String token, String body) {
        return send("PUT", path, token, null, body);
    }

    public Reply send(String method, String path, @Nullable String token, @Nullable String key, @Nullable String body) {
        return send(method, path, token, key, body, new String[0]);
    }

    /** Sends a request with headers, given as alternating names and values. */
    public Reply send(
            String method,
            String path,
            @Nullable String token,
            @Nullable String key,
            @Nullable String body,
            String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null && !List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return reply(request);
    }

    private Reply reply(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(
                    answer.statusCode(),
                    answer.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(answer.body()),
                    answer);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Uploads a file as a browser's form does. */
    public Reply upload(String path, @Nullable String token, @Nullable String key, String name, byte[] content) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(multipart(name, content)));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return reply(request);
    }

    /** The boundary between the parts of {@link #multipart}. */
    public static final String BOUNDARY = "----a-line-that-no-file-has";

    /** Returns a form's body with one file, which is always declared as a PDF. */
    public static byte[] multipart(String name, byte[] content) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                        + "\"\r\nContent-Type: application/pdf\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    /** Downloads a file as bytes. */
    public HttpResponse<byte[]> download(String path, String token) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(base + path))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns the HTML of a page. */
    String page(String path, String token) {
        HttpResponse<byte[]> page = download(path, token);
        assertThat(page.statusCode()).isEqualTo(200);
        return new String(page.body(), StandardCharsets.UTF_8);
    }

    /** Registers one attendee in a category, without add-ons. */
    public Reply register(String slug, String category) {
        return post("/api/conferences/" + slug + "/registrations", null, newKey(), body(category));
    }

    /**
     * As {@link #register(String, String)}, but for a seat freed a moment ago: repeats the request with its key while the seat is withheld.
     */
    public Reply registerForFreedSeat(String slug, String category) {
        String key = newKey();
        return await().atMost(SOON)
                .pollDelay(Duration.ZERO)
                .until(
                        () -> post("/api/conferences/" + slug + "/registrations", null, key, body(category)),
                        reply -> reply.status() != 503);
    }

    /** Locks a sale, so that its batches wait. The server does not end the caller's transaction, as the pool's limit would. */
    public static void lockSale(JdbcClient jdbc, String slug) {
        jdbc.sql("set local transaction_timeout = 0").update();
        jdbc.sql("select 1 from inventory where conference = ? for update")
                .param(slug)
                .query()
                .singleRow();
    }

    /** Runs the calls concurrently, each on its own thread; returns all results. */
    public static <T> List<T> atOnce(int count, Callable<T> call) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                calls.add(executor.submit(call));
            }
            for (Future<T> each : calls) {
                results.add(each.get());
            }
        }
        return results;
    }

    public static String newKey() {
        return UUID.randomUUID().toString();
    }

    public static String body(String category) {
        return """
                {"contact": {"name": "Ada Lovelace", "email": "ada@example.org"},
                 "attendees": [{"category": "%s", "givenName": "Ada", "familyName": "Lovelace", "email": "ada@example.org"}],
                 "acceptedCodeOfConduct": true}""".formatted(category);
    }

    /** Publishes a small conference: category {@code seat} at 100.00 and category {@code free} at 0.00, both within the capacity. */
    public String putConference(int capacity, int holdSeconds) {
        return putConference(capacity, holdSeconds, "");
    }

    /** @param more further fields of the category {@code seat}, each preceded by a comma */
    public String putConference(int capacity, int holdSeconds, String more) {
        String slug = "test-" + UUID.randomUUID().toString().substring(0, 8);
        put("/api/admin/conferences/" + slug, staffToken("organiser"), """
                {"slug": "%s", "name": "Test Conference", "startsOn": "2026-05-18", "endsOn": "2026-05-22",
                 "timeZone": "America/Los_Angeles",
                 "registration": {"currency": "USD", "capacity": %d, "holdSeconds": %d,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}%s},
                                 {"code": "free", "name": "Free", "amounts": {"all": 0}}],
                  "cancellationPolicy": [{"until": "2026-05-01T00:00:00Z", "refundPercent": 100, "keeps": 500}]}}
                """.formatted(slug, capacity, holdSeconds, more))
                .expect(201);
        return slug;
    }

    public Reply statistics(String slug) {
        return get("/api/admin/conferences/" + slug + "/statistics", staffToken("organiser"))
                .expect(200);
    }

    public Reply read(Reply registration) {
        return get("/api/registrations/" + registration.text("id"), registration.text("accessToken"));
    }

    public void awaitStatus(Reply registration, String status) {
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(read(registration).text("status")).isEqualTo(status));
    }

    public List<String> timeline(Reply registration) {
        List<String> lines = new ArrayList<>();
        get("/api/registrations/" + registration.text("id") + "/timeline", registration.text("accessToken"))
                .body()
                .get("items")
                .forEach(item -> lines.add(item.get("what").asString()));
        return lines;
    }

    public Instant businessTime() {
        return Instant.parse(send("GET", "/api/rehearsal/clock", null, null, null)
                .expect(200)
                .text("now"));
    }

    /** Moves business time for the current test. */
    public void moveTo(String instant) {
        send("PUT", "/api/rehearsal/clock", null, null, "{\"now\": \"" + instant + "\"}")
                .expect(200);
    }

    /** Publishes an event of payment-service. */
    public void publishPayment(String registration, String type, long sequence, String body) {
        publish("payment.events.v1", registration, type, sequence, body);
    }

    /** Publishes payment-service's capture of the full amount due. */
    public void pay(Reply registration, long amount, long sequence) {
        String id = registration.text("id");
        publishPayment(id, "payment.captured.v1", sequence, captured(id, amount, amount, UUID.randomUUID()));
    }

    /** Publishes a neighbour's event after validating it against its schema. */
    public void publish(String topic, String registration, String type, long sequence, String body) {
        neighbours.publish(topic, registration, type, sequence, body);
    }

    /** Publishes an event of a neighbour's later version, without validation. */
    public void publishUnchecked(String topic, String registration, String type, long sequence, String body) {
        neighbours.publishUnchecked(topic, registration, type, sequence, body);
    }

    public static String captured(String registration, long due, long captured, UUID capture) {
        return """
                {"registration": "%s", "status": "captured", "due": {"amount": %d, "currency": "USD"},
                 "captured": {"amount": %d, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                 "disputed": {"amount": 0, "currency": "USD"},
                 "captures": [{"id": "%s", "amount": {"amount": %d, "currency": "USD"}, "at": "2026-02-02T17:01:00Z",
                               "answered": false}],
                 "refunds": [], "disputes": [], "failure": null, "receipt": null}
                """.formatted(registration, due, captured, capture, captured);
    }

    /** An event that the service has published. */
    public record Written(String type, String id, long sequence, JsonNode body) {}

    /** Returns all events that the service has published for a key so far, each validated against its schema. */
    public List<Written> written(String topic, String key) {
        return neighbours.written(topic, key);
    }

    public List<Written> written(String topic, String key, String type) {
        return written(topic, key).stream()
                .filter(message -> message.type().equals(type))
                .toList();
    }

    public Written awaitWritten(String topic, String key, String type) {
        return await().atMost(SOON)
                .until(() -> written(topic, key, type), found -> !found.isEmpty())
                .getFirst();
    }
}
