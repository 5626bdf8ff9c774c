package org.openingminute.messaging.outbox;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

/** What arrived in a topic: how often, and whether the first deliveries of each key were in order. */
final class Deliveries implements AutoCloseable {

    private final KafkaConsumer<String, byte[]> consumer;
    private final Set<UUID> seen = new HashSet<>();
    private final Set<String> bodies = new HashSet<>();
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

    /** How many records were of an id that had arrived before. */
    int copies() {
        return copies;
    }

    /** How many first deliveries did not follow their key's last one by one. */
    int outOfOrder() {
        return outOfOrder;
    }

    /** Reads on until something holds, or the time is over; whether it holds. */
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
        if (!seen.add(UUID.fromString(header(record, "ce_id")))) {
            copies++;
            return;
        }
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
