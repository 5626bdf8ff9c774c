package org.openingminute.notification;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Plays the other services: publishes the events that this service reads, and reads those that it publishes. */
final class Neighbours {

    private static final List<String> TOPICS =
            List.of("registration.events.v1", "payment.events.v1", "conference.definitions.v1", "conference.events.v1");
    private static final int PARTITIONS = 3;

    private final KafkaProducer<String, byte[]> producer;
    private final String brokers;

    Neighbours(String brokers) {
        this.brokers = brokers;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            for (String topic : TOPICS) {
                try {
                    admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
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
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers, "acks", "all"), new StringSerializer(), new ByteArraySerializer());
    }

    /** Returns whether a consumer group has committed the end of all topics it reads. */
    boolean isReadBy(String group) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<TopicPartition, OffsetSpec> ends =
                    read.keySet().stream().collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get().entrySet().stream()
                    .allMatch(end ->
                            read.get(end.getKey()).offset() == end.getValue().offset());
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a new consumer group at the current end of the topics, without the events of other tests. Its database must be new. */
    void beginHere(String group) {
        Map<TopicPartition, OffsetSpec> ends = TOPICS.stream()
                .flatMap(topic -> IntStream.range(0, PARTITIONS).mapToObj(number -> new TopicPartition(topic, number)))
                .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            Map<TopicPartition, OffsetAndMetadata> here = new HashMap<>();
            // The commit metadata names the database's first incarnation; without it the service would read everything.
            admin.listOffsets(ends)
                    .all()
                    .get()
                    .forEach((partition, end) -> here.put(partition, new OffsetAndMetadata(end.offset(), "1")));
            admin.alterConsumerGroupOffsets(group, here).all().get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void publish(Story.Event event) {
        publishAll(List.of(event));
    }

    /** Publishes many events in order. */
    void publishAll(List<Story.Event> events) {
        try {
            for (Future<?> sent : events.stream().map(this::send).toList()) {
                sent.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Future<?> send(Story.Event event) {
        ProducerRecord<String, byte[]> message = new ProducerRecord<>(
                event.topic(),
                null,
                event.time().toEpochMilli(),
                event.key(),
                event.body().getBytes(StandardCharsets.UTF_8));
        Map.of(
                        "ce_id", UUID.randomUUID().toString(),
                        "ce_type", event.type(),
                        "ce_source", "/neighbour",
                        "ce_time", event.time().truncatedTo(ChronoUnit.MILLIS).toString(),
                        "ce_specversion", "1.0",
                        "ce_sequence", Long.toString(event.sequence()),
                        "content-type", "application/json")
                .forEach((name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return producer.send(message);
    }

    /** Returns all events about a registration's mails so far. */
    List<ConsumerRecord<String, byte[]>> received(String registration) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers, "auto.offset.reset", "earliest", "enable.auto.commit", false),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor("notification.events.v1").stream()
                    .map(info -> new org.apache.kafka.common.TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> events = new ArrayList<>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(events::add);
            }
            return events.stream()
                    .filter(message -> message.key().equals(registration))
                    .toList();
        }
    }
}
