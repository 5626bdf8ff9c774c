package org.openingminute.messaging.inbox;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.MessagingTest;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.operations.MessagingStatus;
import org.openingminute.messaging.testing.Records;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves, on a real PostgreSQL and a real broker, that a reader parks poison messages, retries transient failures, and ignores old
 * messages.
 */
@MessagingTest(classes = ReadingIT.AService.class, args = "--spring.application.name=a-reader")
class ReadingIT {

    private static final String TOPIC = "read-things.v1";
    private static final String POLLED = "polled-things.v1";
    private static final Duration SOON = Duration.ofSeconds(60);

    @Autowired
    private Inbox inbox;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private MessagingStatus status;

    @Autowired
    private Things things;

    @Autowired
    private PolledThings polled;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private KafkaListenerEndpointRegistry readers;

    /** While a group rebalances, two members may read and park the same record. */
    @BeforeEach
    void readersHaveTheirPartitions() {
        await().atMost(SOON)
                .until(() -> readers.getListenerContainers().stream()
                        .map(reader -> (ConcurrentMessageListenerContainer<?, ?>) reader)
                        .allMatch(reader -> reader.getContainers().size() == reader.getConcurrency()
                                && reader.getContainers().stream()
                                        .noneMatch(one ->
                                                one.getAssignedPartitions().isEmpty())));
    }

    @Test
    void poison_is_parked_and_its_partition_goes_on() {
        String key = key();
        long before = status.deadLettersOpen();
        raw(key, "this is not JSON", Records.headers("thing.happened.v1", 1));
        raw(key, "{}", Map.of("ce_type", "thing.happened.v1"));
        raw(key, "{\"fails\": \"always\"}", Records.headers("thing.happened.v1", 2));
        raw(key, "{\"fails\": \"twice\"}", Records.headers("thing.happened.v1", 3));
        raw(key, "{}", Records.headers("thing.unheard-of.v1", 4));
        raw(key, "{}", Records.headers("thing.happened.v1", 5));

        await().atMost(SOON).until(() -> things.sequencesOf(key).contains(5L));
        assertThat(things.sequencesOf(key)).containsExactly(3L, 5L);
        assertThat(status.deadLettersOpen() - before).isEqualTo(3);
        await().atMost(SOON).untilAsserted(() -> assertThat(deadLetters(key)).hasSize(3));
    }

    @Test
    void much_poison_does_not_hold_up_what_stands_behind_it() {
        String key = key();
        try (KafkaProducer<String, String> producer = Records.producer()) {
            for (int i = 0; i < 100; i++) {
                producer.send(
                        Records.of(TOPIC, key, "this is not JSON: " + i, Records.headers("thing.happened.v1", 1)));
            }
            producer.send(Records.of(TOPIC, key, "{}", Records.headers("thing.happened.v1", 2)));
        }
        await().atMost(SOON).until(() -> things.sequencesOf(key).contains(2L));
    }

    @Test
    void poison_with_a_character_that_no_database_keeps_is_parked_too() {
        String key = key() + "\0";
        raw(key, "this is not JSON", Records.headers("thing.happened.v1", 1));
        await().atMost(SOON).untilAsserted(() -> assertThat(deadLetters(key)).hasSize(1));
    }

    @Test
    void a_poll_that_fails_without_a_position_is_applied_one_by_one() {
        String key = key();
        long before = status.deadLettersOpen();
        try (KafkaProducer<String, String> producer = Records.producer()) {
            // One partition and one batch of the producer, so that they most likely arrive in one poll.
            for (int i = 1; i <= 20; i++) {
                producer.send(Records.of(
                        POLLED,
                        key,
                        i == 10 ? "{\"fails\": \"always\"}" : "{}",
                        Records.headers("thing.happened.v1", i)));
            }
        }
        await().atMost(SOON).until(() -> polled.sequencesOf(key).contains(20L));
        assertThat(polled.sequencesOf(key))
                .doesNotHaveDuplicates()
                .hasSize(19)
                .isSorted()
                .doesNotContain(10L);
        assertThat(polled.largest()).as("messages in a poll").isGreaterThan(1);
        await().atMost(SOON).until(() -> status.deadLettersOpen() - before == 1);
    }

    @Test
    void transient_failures_are_retried_without_end() {
        String key = key();
        long before = status.deadLettersOpen();
        raw(key, "{\"fails\": \"nine times, as the database would\"}", Records.headers("thing.happened.v1", 1));
        await().atMost(SOON).until(() -> things.sequencesOf(key).contains(1L));
        assertThat(status.deadLettersOpen()).isEqualTo(before);
    }

    @Test
    void an_older_or_equal_sequence_changes_nothing() {
        String key = key();
        assertThat(advances(key, 5)).isTrue();
        assertThat(advances(key, 5)).isFalse();
        assertThat(advances(key, 4)).isFalse();
        assertThat(advances(key, 6)).isTrue();
    }

    @Test
    void many_sequences_advance_as_they_would_one_by_one() {
        String known = key();
        String fresh = key();
        advances(known, 5);
        List<Message> events = List.of(
                event(known, 5),
                event(fresh, 1),
                event(known, 7),
                event(known, 6),
                event(fresh, 1),
                event(fresh, 2),
                event(known, 8));

        assertThat(advancing(events)).containsExactly(events.get(1), events.get(2), events.get(5), events.get(6));
        assertThat(advancing(events)).isEmpty();
        assertThat(advances(known, 8)).isFalse();
        assertThat(advances(fresh, 3)).isTrue();
    }

    /** All batches lock their rows in the same order, so that they cannot deadlock. */
    @Test
    void concurrent_batches_in_opposite_orders_advance_each_event_once() throws Exception {
        List<Message> events =
                IntStream.range(0, 500).mapToObj(_ -> event(key(), 1)).toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<List<Message>>> batches = threads.invokeAll(IntStream.range(0, 8)
                    .mapToObj(n -> (Callable<List<Message>>) () -> advancing(n % 2 == 0 ? events : events.reversed()))
                    .toList());
            List<Message> advancing = new ArrayList<>();
            for (Future<List<Message>> batch : batches) {
                advancing.addAll(batch.get());
            }
            assertThat(advancing).containsExactlyInAnyOrderElementsOf(events);
        }
    }

    @Test
    void many_commands_are_done_once_each() {
        Message done = message(UUID.randomUUID(), key(), 0);
        Message one = message(UUID.randomUUID(), key(), 0);
        Message other = message(UUID.randomUUID(), key(), 0);
        firstTime(done);

        assertThat(firstTimes(List.of(other, done, one, other))).containsExactly(other, one);
        assertThat(firstTimes(List.of(done, one, other))).isEmpty();
    }

    @Test
    void repeated_command_is_not_done_again() {
        Message command = message(UUID.randomUUID(), key(), 0);
        assertThat(firstTime(command)).isTrue();
        assertThat(firstTime(command)).isFalse();
    }

    @Test
    void old_messages_that_were_applied_are_not_delivered_again() {
        String key = key();
        Map<String, String> command = Records.headers("thing.happened.v1", 7);
        advances(key, 5);
        UUID done = UUID.fromString(command.getOrDefault("ce_id", ""));
        transaction.executeWithoutResult(status -> inbox.firstTime(message(done, key, 0)));
        try (KafkaProducer<String, String> producer = Records.producer()) {
            producer.send(Records.of(TOPIC, key, "{}", Records.headers("thing.happened.v1", 4)));
            producer.send(Records.of(TOPIC, key, "{}", Records.headers("thing.happened.v1", 5)));
            producer.send(Records.of(TOPIC, key, "{}", command));
            producer.send(Records.of(TOPIC, key, "{}", Records.headers("thing.happened.v1", 6)));
        }
        await().atMost(SOON).until(() -> things.sequencesOf(key).contains(6L));
        assertThat(things.sequencesOf(key)).containsExactly(6L);
    }

    /** Looking up recent messages would cost each poll a statement. */
    @Test
    void fresh_copies_are_left_to_the_inbox_of_their_reader() {
        String key = key();
        advances(key, 5);
        Map<String, String> fresh = new HashMap<>(Records.headers("thing.happened.v1", 5));
        fresh.put("ce_time", Instant.now().toString());
        raw(key, "{}", fresh);
        await().atMost(SOON).until(() -> things.sequencesOf(key).contains(5L));
    }

    private boolean firstTime(Message command) {
        return Boolean.TRUE.equals(transaction.execute(_ -> inbox.firstTime(command)));
    }

    private boolean advances(String key, long sequence) {
        return Boolean.TRUE.equals(
                transaction.execute(status -> inbox.advances(message(UUID.randomUUID(), key, sequence))));
    }

    private List<Message> advancing(List<Message> events) {
        return requireNonNull(transaction.execute(_ -> inbox.advancing(events)));
    }

    private List<Message> firstTimes(List<Message> commands) {
        return requireNonNull(transaction.execute(_ -> inbox.firstTimes(commands)));
    }

    private static Message event(String key, long sequence) {
        return message(UUID.randomUUID(), key, sequence);
    }

    private static Message message(UUID id, String key, long sequence) {
        return new Message(id, TOPIC, key, "thing.happened.v1", "/x", Instant.EPOCH, sequence, "{}", Map.of());
    }

    private static void raw(String key, String body, Map<String, String> headers) {
        try (KafkaProducer<String, String> producer = Records.producer()) {
            producer.send(Records.of(TOPIC, key, body, headers));
        }
    }

    private static List<String> deadLetters(String key) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC + ".a-reader.dlt", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> found = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.key().equals(key)) {
                        found.add(record.value());
                    }
                });
            }
            return found;
        }
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    /** Records the messages that the reader receives, and fails as their bodies demand. */
    static final class Things {

        private final ConcurrentLinkedQueue<Message> applied = new ConcurrentLinkedQueue<>();
        private final Map<UUID, Integer> attempts = new ConcurrentHashMap<>();

        List<Long> sequencesOf(String key) {
            return applied.stream()
                    .filter(message -> message.key().equals(key))
                    .map(Message::sequence)
                    .toList();
        }

        @MessageReader(topic = TOPIC, types = "thing.happened.v1", unknownTypes = Unknown.SKIP)
        void on(Message message) {
            Map<?, ?> body = message.body(Map.class);
            int tried = attempts.merge(message.id(), 1, Integer::sum);
            Object fails = body.get("fails");
            if ("always".equals(fails) || ("twice".equals(fails) && tried <= 2)) {
                throw new IllegalStateException("it fails");
            }
            if (fails != null && fails.toString().startsWith("nine times") && tried <= 9) {
                throw new TransientDataAccessResourceException("the database is away");
            }
            applied.add(message);
        }
    }

    /** Applies a poll as a whole or fails, without naming the message that failed. */
    static final class PolledThings {

        private final List<Message> applied = new ArrayList<>();
        private int largest;

        synchronized List<Long> sequencesOf(String key) {
            return applied.stream()
                    .filter(message -> message.key().equals(key))
                    .map(Message::sequence)
                    .toList();
        }

        synchronized int largest() {
            return largest;
        }

        @MessageReader(topic = POLLED, types = "thing.happened.v1", unknownTypes = Unknown.SKIP)
        synchronized void onAll(List<Message> poll) {
            largest = Math.max(largest, poll.size());
            if (poll.stream().anyMatch(message -> message.json().contains("always"))) {
                throw new IllegalStateException("it fails");
            }
            // Skips messages that were applied before, like an inbox.
            poll.stream()
                    .filter(message ->
                            applied.stream().noneMatch(one -> one.id().equals(message.id())))
                    .forEach(applied::add);
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
        PolledThings polledThings() {
            return new PolledThings();
        }

        @Bean
        NewTopic polledThingsTopic() {
            return TopicBuilder.name(POLLED).partitions(12).replicas(1).build();
        }

        @Bean
        NewTopic thingsTopic() {
            return TopicBuilder.name(TOPIC).partitions(12).replicas(1).build();
        }
    }
}
