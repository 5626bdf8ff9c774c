package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.kit.runtime.Ids;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plays registration-service: sends commands to its topic and reads payment-service's events. Validates every event against its schema. */
final class RegistrationPlayed implements AutoCloseable {

    private static final String COMMANDS = "payment.commands.v1";
    private static final String EVENTS = "payment.events.v1";
    private static final String PROGRESS = "payment.progress.v1";
    private static final String DEFINITIONS = "conference.definitions.v1";
    private static final JsonMapper JSON = new JsonMapper();
    private static final Ids IDS = Ids.timeOrdered();

    private final ContractSchemas schemas = new ContractSchemas();
    private final KafkaProducer<String, String> producer;
    private final Thread reader;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    record Event(String key, String type, long sequence, JsonNode body) {}

    RegistrationPlayed(String brokers) {
        makeTopics(brokers);
        producer = new KafkaProducer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers),
                new StringSerializer(),
                new StringSerializer());
        reader = Thread.ofVirtual().start(() -> read(brokers));
    }

    static void makeTopics(String brokers) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            for (String topic : List.of(COMMANDS, EVENTS, PROGRESS, DEFINITIONS)) {
                try {
                    admin.createTopics(List.of(new NewTopic(topic, 12, (short) 1)))
                            .all()
                            .get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static UUID newId() {
        return IDS.next();
    }

    static Request request(UUID registration) {
        return new Request(registration, 1, 80_000, true, 900, "card", Instant.now());
    }

    /** A payment request with variants. */
    record Request(UUID registration, int revision, long due, boolean payable, int seconds, String method, Instant at) {

        Request revision(int other) {
            return new Request(registration, other, due, payable, seconds, method, at);
        }

        Request due(long other) {
            return new Request(registration, revision, other, payable, seconds, method, at);
        }

        Request inReview() {
            return new Request(registration, revision, due, false, seconds, method, at);
        }

        Request byInvoice() {
            return new Request(registration, revision, due, payable, seconds, "invoice", at);
        }

        Request atDesk() {
            return new Request(registration, revision, due, false, 0, "desk", at);
        }

        Request seconds(int other) {
            return new Request(registration, revision, due, payable, other, method, at);
        }

        Instant holdExpiresAt() {
            return Instant.parse("2026-02-02T17:00:00Z").plusSeconds(seconds);
        }

        String body() {
            return """
                    {"registration": "%s", "revision": %d, "reference": "ML26-7K3F9Q", "conference": "mlsys-2026",
                     "conferenceName": "MLSys <2026> & friends", "due": %s, "payable": %s, "payableSeconds": %d,
                     "holdExpiresAt": "%s", "method": "%s",
                     "lines": [{"description": "Academic <b>early</b>", "attendee": 0, "quantity": 1, "unit": %s, "amount": %s}],
                     "tax": %s, "discount": %s,
                     "buyer": {"name": "Ada Lovelace", "organization": null, "taxId": null, "address": null,
                               "purchaseOrder": null},
                     "locale": "en", "addedLater": {"x": 1}}
                    """.formatted(
                            registration,
                            revision,
                            money(due),
                            payable,
                            seconds,
                            holdExpiresAt(),
                            method,
                            money(due),
                            money(due),
                            money(0),
                            money(0));
        }
    }

    static String money(long amount) {
        return "{\"amount\": %d, \"currency\": \"USD\"}".formatted(amount);
    }

    void send(Request request) {
        assertThat(schemas.validate("payment.request.v1", request.body())).isEmpty();
        send(newId(), "payment.request.v1", request.registration().toString(), request.body(), request.at());
    }

    void close(UUID registration) {
        send(
                newId(),
                "payment.close.v1",
                registration.toString(),
                "{\"registration\": \"%s\", \"reason\": \"expired\"}".formatted(registration),
                Instant.now());
    }

    void keep(UUID registration) {
        send(
                newId(),
                "payment.keep.v1",
                registration.toString(),
                "{\"registration\": \"%s\"}".formatted(registration),
                Instant.now());
    }

    void refund(UUID command, UUID registration, UUID refund, long amount) {
        send(
                command,
                "payment.refund.v1",
                registration.toString(),
                "{\"registration\": \"%s\", \"refund\": \"%s\", \"amount\": %s, \"reason\": \"cancelled\"}"
                        .formatted(registration, refund, money(amount)),
                Instant.now());
    }

    void markPaid(UUID command, UUID registration, long amount) {
        send(
                command,
                "payment.mark-paid.v1",
                registration.toString(),
                "{\"registration\": \"%s\", \"reference\": \"BANK-1\", \"amount\": %s, \"receivedAt\": \"%s\"}"
                        .formatted(registration, money(amount), Instant.now()),
                Instant.now());
    }

    void endLinks(UUID registration, int contactGeneration) {
        send(
                newId(),
                "payment.end-links.v1",
                registration.toString(),
                "{\"registration\": \"%s\", \"contactGeneration\": %d}".formatted(registration, contactGeneration),
                Instant.now());
    }

    /** Publishes a conference with that time zone. */
    void conference(String slug, String zone) {
        String body = schemas.examples("conference.published.v1")
                .get("full")
                .replace("mlsys-2026", slug)
                .replace("America/Los_Angeles", zone);
        assertThat(schemas.validate("conference.published.v1", body)).isEmpty();
        send(DEFINITIONS, newId(), "conference.published.v1", slug, body, Instant.now());
    }

    void send(UUID id, String type, String key, String body, Instant at) {
        send(COMMANDS, id, type, key, body, at);
    }

    private void send(String topic, UUID id, String type, String key, String body, Instant at) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, key, body);
        Map.of(
                        "ce_id", id.toString(),
                        "ce_type", type,
                        "ce_source", "/registration-service",
                        "ce_time", at.toString(),
                        "ce_specversion", "1.0",
                        "ce_sequence", "0",
                        "content-type", "application/json")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the events published about a registration so far, in order. */
    List<Event> published(UUID registration) {
        return published(registration.toString());
    }

    List<Event> published(String key) {
        assertThat(faults).as("events that violate their schemas").isEmpty();
        return events.stream().filter(event -> event.key().equals(key)).toList();
    }

    List<String> publishedTypes(UUID registration) {
        return published(registration).stream().map(Event::type).toList();
    }

    private void read(String brokers) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        brokers,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.GROUP_ID_CONFIG,
                        "played-" + newId()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(EVENTS, PROGRESS));
            while (!closed) {
                consumer.poll(Duration.ofMillis(100)).forEach(this::take);
            }
        }
    }

    private void take(ConsumerRecord<String, String> record) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        String type = headers.getOrDefault("ce_type", "");
        faults.addAll(schemas.validateHeaders(headers));
        faults.addAll(schemas.validate(type, record.value()));
        events.add(new Event(
                record.key(),
                type,
                Long.parseLong(headers.getOrDefault("ce_sequence", "0")),
                JSON.readTree(record.value())));
    }

    @Override
    public void close() {
        closed = true;
        producer.close();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
