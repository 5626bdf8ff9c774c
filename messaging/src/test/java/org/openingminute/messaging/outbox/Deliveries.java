package org.openingminute.messaging.outbox;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.openingminute.messaging.testing.TestInfrastructure;

/** Reads a topic and records which messages arrived, how many were copies, and whether the first deliveries of each key were in order. */
final class Deliveries implements AutoCloseable {

    private final KafkaConsumer<String, byte[]> consumer;
    private final Set<UUID> seen = new HashSet<>();
    private final Set<String> bodies = new HashSet<>();
    private final Map<UUID, List<Map.Entry<String, String>>> headers = new HashMap<>();
    private final Map<String, Long> last = new HashMap<>();
    private int copies;
    private int outOfOrder;

    Deliveries(String topic) {
        consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, 12)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    Set<UUID> seen() {
        return seen;
    }

    Set<String> bodies() {
        return bodies;
    }

    /** The headers of a message, in the order of the record. */
    List<Map.Entry<String, String>> headers(UUID id) {
        return requireNonNull(headers.get(id));
    }

    /** The number of records whose id had arrived before. */
    int copies() {
        return copies;
    }

    /** The number of first deliveries whose sequence does not follow directly on the previous one of their key. */
    int outOfOrder() {
        return outOfOrder;
    }

    /** Reads until a condition holds or the time is over. Returns whether the condition holds. */
    boolean readUntil(Duration atMost, BooleanSupplier holds) {
        long began = System.nanoTime();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - began > atMost.toNanos()) {
                return false;
            }
            consumer.poll(Duration.ofMillis(50)).forEach(this::take);
        }
        return true;
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        UUID id = UUID.fromString(header(record, "ce_id"));
        if (!seen.add(id)) {
            copies++;
            return;
        }
        headers.put(
                id,
                Arrays.stream(record.headers().toArray())
                        .map(header -> Map.entry(header.key(), new String(header.value(), StandardCharsets.UTF_8)))
                        .toList());
        bodies.add(new String(record.value(), StandardCharsets.UTF_8));
        long sequence = Long.parseLong(header(record, "ce_sequence"));
        if (last.getOrDefault(record.key(), 0L) != sequence - 1) {
            outOfOrder++;
        }
        last.put(record.key(), sequence);
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(
                requireNonNull(record.headers().lastHeader(name), name).value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
