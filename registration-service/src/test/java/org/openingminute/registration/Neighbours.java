package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.ServiceFixture.Written;

/** Plays the neighbouring services over a real broker. */
final class Neighbours {

    private static final Map<String, Object> BROKER =
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers());
    private static final KafkaProducer<String, String> PRODUCER =
            new KafkaProducer<>(BROKER, new StringSerializer(), new StringSerializer());

    private static final Map<String, TopicSoFar> TOPICS = new ConcurrentHashMap<>();

    private final ContractSchemas schemas = new ContractSchemas();

    /** Creates the neighbours' topics, which this service does not create. Idempotent. */
    static void makeTopics() {
        try (Admin admin = Admin.create(BROKER)) {
            Set<String> there = admin.listTopics().names().get();
            admin.createTopics(Stream.of("payment.events.v1", "payment.progress.v1", "notification.events.v1")
                            .filter(topic -> !there.contains(topic))
                            .map(topic -> new NewTopic(topic, 12, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Publishes a neighbour's event after validating it against its schema. */
    void publish(String topic, String key, String type, long sequence, String body) {
        assertThat(schemas.validate(type, body)).as("the test's own event").isEmpty();
        publishUnchecked(topic, key, type, sequence, body);
    }

    /** Publishes an event of a neighbour's later version, without validation. */
    void publishUnchecked(String topic, String key, String type, long sequence, String body) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, key, body);
        Map<String, String> headers = Map.of(
                "ce_id",
                UUID.randomUUID().toString(),
                "ce_type",
                type,
                "ce_source",
                "/payment-service",
                "ce_time",
                Instant.now().toString(),
                "ce_specversion",
                "1.0",
                "ce_sequence",
                Long.toString(sequence),
                "content-type",
                "application/json");
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        PRODUCER.send(record);
        PRODUCER.flush();
    }

    /** Returns all events that the service has published for a key so far, each validated against its schema. */
    List<Written> written(String topic, String key) {
        return TOPICS.computeIfAbsent(topic, TopicSoFar::new).about(key).stream()
                .map(this::read)
                .toList();
    }

    /** A topic's records so far; each record is read once. */
    private static final class TopicSoFar {

        private final KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(BROKER, new StringDeserializer(), new StringDeserializer());
        private final List<TopicPartition> partitions;
        private final Map<String, List<ConsumerRecord<String, String>>> byKey = new HashMap<>();

        TopicSoFar(String topic) {
            // The service creates its own topics, in a thread of its own.
            partitions = await()
                    .atMost(Duration.ofMinutes(1))
                    .pollDelay(Duration.ZERO)
                    .until(() -> consumer.partitionsFor(topic), found -> !found.isEmpty())
                    .stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }

        synchronized List<ConsumerRecord<String, String>> about(String key) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> byKey.computeIfAbsent(record.key(), _ -> new ArrayList<>())
                                .add(record));
            }
            return List.copyOf(byKey.getOrDefault(key, List.of()));
        }
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
                ServiceFixture.JSON.readTree(record.value()));
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        Header header = record.headers().lastHeader(name);
        assertThat(header).as(name).isNotNull();
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
