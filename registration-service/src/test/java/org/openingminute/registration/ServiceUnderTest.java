package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.testing.TestInfrastructure;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A registration-service as its neighbours see it: HTTP, topics, staff tokens. What it writes is held against the contracts. */
public final class ServiceUnderTest {

    public static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String ISSUER = "http://localhost:8080";
    private static final ECKey STAFF_KEY = staffKey();
    private static final HttpServer JWKS = jwksServer();
    private static final KafkaProducer<String, String> PRODUCER = producer();

    /** The neighbours' topics are theirs to make, and here the test is the neighbour. */
    private static KafkaProducer<String, String> producer() {
        Map<String, Object> broker =
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers());
        try (Admin admin = Admin.create(broker)) {
            admin.createTopics(List.of(
                            new NewTopic("payment.events.v1", 12, (short) 1),
                            new NewTopic("notification.events.v1", 12, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer());
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final ContractSchemas schemas = new ContractSchemas();
    private final String base;

    public ServiceUnderTest(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    /** Where the keys of the test's staff tokens are. */
    public static String jwksUri() {
        return "http://127.0.0.1:" + JWKS.getAddress().getPort() + "/jwks";
    }

    public static String staffToken(String role) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(STAFF_KEY.getKeyID())
                            .build(),
                    new JWTClaimsSet.Builder()
                            .issuer(ISSUER)
                            .subject(role)
                            .claim("roles", List.of(role))
                            .expirationTime(Date.from(Instant.now().plusSeconds(900)))
                            .build());
            jwt.sign(new ECDSASigner(STAFF_KEY));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An answer: its status, and its body as JSON. */
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

    /** With headers, each name before its value. */
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
        if (body != null) {
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

    /** Sends a file as a browser's form does. */
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

    /** What stands between the parts of {@link #multipart}. */
    public static final String BOUNDARY = "----a-line-that-no-file-has";

    /** A form with one file, of which it says that it is a PDF whatever it is. */
    public static byte[] multipart(String name, byte[] content) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                        + "\"\r\nContent-Type: application/pdf\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    /** A file as it comes. */
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

    /** Registers somebody in a category, for a seat and nothing else. */
    public Reply register(String slug, String category) {
        return post("/api/conferences/" + slug + "/registrations", null, newKey(), body(category));
    }

    /** Calls at the same time, each on a thread of its own; the answers of all. */
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

    /** Puts a small conference on: one category {@code seat} at 100.00 and one {@code free} at nothing, both in the capacity. */
    public String putConference(int capacity, int holdSeconds) {
        String slug = "test-" + UUID.randomUUID().toString().substring(0, 8);
        put("/api/admin/conferences/" + slug, staffToken("organiser"), """
                {"slug": "%s", "name": "Test Conference", "startsOn": "2026-05-18", "endsOn": "2026-05-22",
                 "timeZone": "America/Los_Angeles",
                 "registration": {"currency": "USD", "capacity": %d, "holdSeconds": %d,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}},
                                 {"code": "free", "name": "Free", "amounts": {"all": 0}}],
                  "cancellationPolicy": [{"until": "2026-05-01T00:00:00Z", "refundPercent": 100, "keeps": 500}]}}
                """.formatted(slug, capacity, holdSeconds))
                .expect(201);
        return slug;
    }

    public Reply statistics(String slug) {
        return get("/api/admin/conferences/" + slug + "/statistics", staffToken("organiser"))
                .expect(200);
    }

    /** What payment-service would say: everything captured that is due, or another state. */
    public void tellPayment(String registration, String type, long sequence, String body) {
        tell("payment.events.v1", registration, type, sequence, body);
    }

    /** What a neighbour would say; held against the contract as well. */
    public void tell(String topic, String registration, String type, long sequence, String body) {
        assertThat(schemas.validate(type, body)).as("what the test itself says").isEmpty();
        tellAnything(topic, registration, type, sequence, body);
    }

    /** What a neighbour of a later version may say. */
    public void tellAnything(String topic, String registration, String type, long sequence, String body) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, registration, body);
        Map<String, String> headers = Map.of(
                "ce_id", UUID.randomUUID().toString(),
                "ce_type", type,
                "ce_source", "/payment-service",
                "ce_time", "2026-02-02T17:00:00Z",
                "ce_specversion", "1.0",
                "ce_sequence", Long.toString(sequence),
                "content-type", "application/json");
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        PRODUCER.send(record);
        PRODUCER.flush();
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

    /** A message that the service wrote. */
    public record Written(String type, String id, long sequence, JsonNode body) {}

    /** All that the service has written to a topic about a key so far; each is what the contract says. */
    public List<Written> written(String topic, String key) {
        List<Written> found = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<String, String> record : consumer.poll(java.time.Duration.ofMillis(200))) {
                    if (record.key().equals(key)) {
                        found.add(read(record));
                    }
                }
            }
        }
        return found;
    }

    private Written read(ConsumerRecord<String, String> record) {
        String type = header(record, "ce_type");
        assertThat(schemas.validate(type, record.value()))
                .as("%s: %s", type, record.value())
                .isEmpty();
        return new Written(
                type,
                header(record, "ce_id"),
                Long.parseLong(header(record, "ce_sequence")),
                JSON.readTree(record.value()));
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        Header header = record.headers().lastHeader(name);
        assertThat(header).as(name).isNotNull();
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static ECKey staffKey() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("test").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpServer jwksServer() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            byte[] keys =
                    ("{\"keys\":[" + STAFF_KEY.toPublicJWK().toJSONString() + "]}").getBytes(StandardCharsets.UTF_8);
            server.createContext("/jwks", exchange -> {
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, keys.length);
                try (var body = exchange.getResponseBody()) {
                    body.write(keys);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
