package org.openingminute.local.admission;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Plays payment-service: publishes its events to registration-service, and reads the commands that it gets. */
final class Payments implements AutoCloseable {

    private static final String EVENTS = "payment.events.v1";
    private static final String COMMANDS = "payment.commands.v1";

    private @Nullable String brokers;
    private @Nullable KafkaProducer<String, String> producer;

    /** Creates the topics that belong to other services. */
    void open(String where) throws Exception {
        brokers = where;
        try (Admin admin = Admin.create(settings())) {
            admin.createTopics(List.of(
                            new NewTopic(EVENTS, 12, (short) 1), new NewTopic("notification.events.v1", 12, (short) 1)))
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(settings(), new StringSerializer(), new StringSerializer());
    }

    /** Reports that the whole amount due was captured. */
    void captured(String registration, long amount, UUID capture) {
        String body = """
                {"registration": "%s", "status": "captured", "due": {"amount": %d, "currency": "EUR"},
                 "captured": {"amount": %d, "currency": "EUR"}, "refunded": {"amount": 0, "currency": "EUR"},
                 "disputed": {"amount": 0, "currency": "EUR"},
                 "captures": [{"id": "%s", "amount": {"amount": %d, "currency": "EUR"}, "at": "%s", "answered": false}],
                 "refunds": [], "disputes": [], "failure": null, "receipt": null}
                """.formatted(registration, amount, amount, capture, amount, Instant.now());
        ProducerRecord<String, String> record = new ProducerRecord<>(EVENTS, registration, body);
        Map<String, String> headers = Map.of(
                "ce_id", UUID.randomUUID().toString(),
                "ce_type", "payment.captured.v1",
                "ce_source", "/payment-service",
                "ce_time", Instant.now().toString(),
                "ce_specversion", "1.0",
                "ce_sequence", "1",
                "content-type", "application/json");
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        KafkaProducer<String, String> open = requireNonNull(producer);
        open.send(record);
        open.flush();
    }

    /** The types of the commands so far, by registration. */
    Map<String, List<String>> commands() {
        Map<String, List<String>> found = new HashMap<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings(), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(COMMANDS).stream()
                    .map(one -> new TopicPartition(COMMANDS, one.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    String type =
                            new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8);
                    found.computeIfAbsent(record.key(), _ -> new ArrayList<>()).add(type);
                }
            }
        }
        return found;
    }

    private Map<String, Object> settings() {
        return Map.of("bootstrap.servers", requireNonNull(brokers));
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close();
        }
    }
}
