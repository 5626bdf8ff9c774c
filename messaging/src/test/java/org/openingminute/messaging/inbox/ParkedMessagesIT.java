package org.openingminute.messaging.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.MessagingTest;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.TopicBuilder;

/** Proves, on a real PostgreSQL and a real broker, which records are parked, and that each is parked once. */
@MessagingTest(classes = ParkedMessagesIT.AService.class, args = "--spring.application.name=parking")
class ParkedMessagesIT {

    private static final String LOST = "lost-things.v1";
    private static final String LARGE = "large-things.v1";
    private static final String KEYED = "keyed-things.v1";
    private static final Duration SOON = Duration.ofSeconds(40);

    @Autowired
    private ParkedMessages parked;

    @Autowired
    private Things things;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void records_are_parked_once_per_incarnation_of_the_broker() {
        PermanentFailure failure = new PermanentFailure("it is poison");
        long before = parked.open();
        parked.park(at(7, "1", "the first"), failure);
        parked.park(at(7, "1", "the first"), failure);
        assertThat(parked.open()).isEqualTo(before + 1);
        parked.park(at(8, "1", "the first"), failure);
        assertThat(parked.open())
                .as("a copy, as from an outbox that is relayed again")
                .isEqualTo(before + 1);
        jdbc.sql("update parked_message set state = 'discarded' where record_offset = 7")
                .update();
        parked.park(at(9, "1", "the first"), failure);
        assertThat(parked.open()).as("a discarded message stays discarded").isEqualTo(before);
        jdbc.sql("update parked_message set state = 'open' where record_offset = 7")
                .update();

        parked.park(at(7, "1", "another"), failure);
        assertThat(parked.open()).as("another body").isEqualTo(before + 2);
        parked.park(at(7, "2", "the first"), failure);
        assertThat(parked.open()).as("another id").isEqualTo(before + 3);
        parked.park(at(7, "1", null), failure);
        assertThat(parked.open()).as("no body").isEqualTo(before + 4);
    }

    @Test
    void compressed_poison_of_ten_megabytes_is_parked() {
        byte[] large = new byte[10_000_000];
        Arrays.fill(large, (byte) 'x');
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestInfrastructure.kafkaBootstrapServers(),
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        20_000_000),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(LARGE, 0, "large", large));
            producer.send(good());
        }
        await().atMost(SOON).until(() -> things.applied.contains("good"));
        assertThat(jdbc.sql("select length(body) from parked_message where message_key = 'large'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(large.length);
        assertThat(deadLetters(LARGE)).as("and is in the dead letter topic").containsExactly(large.length);
    }

    /** PostgreSQL rejects NUL in a text, which fails the query for the known messages of the whole poll. */
    @Test
    void control_character_in_a_key_parks_one_record_and_no_neighbour() {
        List<String> keys = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> keys.add("before-" + i));
        keys.add("nul-\0");
        IntStream.range(0, 20).forEach(i -> keys.add("between-" + i));
        keys.add("line\nbreak");
        IntStream.range(0, 20).forEach(i -> keys.add("after-" + i));
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestInfrastructure.kafkaBootstrapServers(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        1_000),
                new StringSerializer(),
                new ByteArraySerializer())) {
            keys.forEach(key -> producer.send(keyed(KEYED, key)));
        }

        List<String> good = keys.stream()
                .filter(key -> key.contains("-") && !key.contains("\0"))
                .toList();
        await().atMost(SOON)
                .until(() -> things.applied.containsAll(good) && parkedOf(KEYED).size() >= 2);
        assertThat(parkedOf(KEYED)).containsExactlyInAnyOrder("nul-\uFFFD", "line\nbreak");
    }

    private List<String> parkedOf(String topic) {
        return jdbc.sql("select message_key from parked_message where topic = ?")
                .param(topic)
                .query(String.class)
                .list();
    }

    @Test
    void dead_letter_that_no_broker_takes_is_parked_as_a_row_alone() {
        byte[] incompressible = new byte[2_000_000];
        new Random(1).nextBytes(incompressible);
        long before = parked.open();

        assertThat(parked.park(
                        new ConsumerRecord<>(LOST, 1, 1, "incompressible", incompressible),
                        new PermanentFailure("poison")))
                .as("larger than the topic allows")
                .isFalse();
        assertThat(parked.park(
                        new ConsumerRecord<>("nowhere.v1", 1, 1, "key", new byte[1]), new PermanentFailure("poison")))
                .as("no topic")
                .isFalse();

        assertThat(parked.open()).isEqualTo(before + 2);
    }

    private static ProducerRecord<String, byte[]> good() {
        return keyed(LARGE, "good");
    }

    private static ProducerRecord<String, byte[]> keyed(String topic, String key) {
        ProducerRecord<String, byte[]> good =
                new ProducerRecord<>(topic, 0, key, "{}".getBytes(StandardCharsets.UTF_8));
        Map.of(
                        "ce_id", "0198c1f4-fe80-7025-8065-5a1d316edc57",
                        "ce_type", "thing.happened.v1",
                        "ce_source", "/test",
                        "ce_time", "2026-02-02T17:00:00Z",
                        "ce_sequence", "1")
                .forEach((name, value) -> good.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return good;
    }

    /** The sizes of the dead letters of a topic, in bytes. */
    private static List<Integer> deadLetters(String topic) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(ParkedMessages.deadLetterTopic(topic, "parking"), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<Integer> sizes = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> sizes.add(record.value().length));
            }
            return sizes;
        }
    }

    private static ConsumerRecord<String, byte[]> at(long offset, String id, @Nullable String body) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>(
                LOST, 0, offset, "key", body == null ? null : body.getBytes(StandardCharsets.UTF_8));
        record.headers().add("ce_id", id.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    static final class Things {

        private final Set<String> applied = ConcurrentHashMap.newKeySet();

        @MessageReader(topic = LARGE, types = "thing.happened.v1", unknownTypes = Unknown.SKIP)
        void on(Message message) {
            applied.add(message.key());
        }

        @MessageReader(topic = KEYED, types = "thing.happened.v1", unknownTypes = Unknown.SKIP)
        void onKeyed(Message message) {
            applied.add(message.key());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class AService {

        @Bean
        Things things() {
            return new Things();
        }

        @Bean
        NewTopic largeThings() {
            return TopicBuilder.name(LARGE).partitions(1).replicas(1).build();
        }

        @Bean
        NewTopic keyedThings() {
            return TopicBuilder.name(KEYED).partitions(1).replicas(1).build();
        }

        @Bean
        NewTopic placeForPoison() {
            return TopicBuilder.name(ParkedMessages.deadLetterTopic(LOST, "parking"))
                    .partitions(1)
                    .replicas(1)
                    .build();
        }
    }
}
