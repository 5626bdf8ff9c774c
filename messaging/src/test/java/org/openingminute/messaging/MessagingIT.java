package org.openingminute.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageListener;
import org.openingminute.messaging.inbox.PollListener;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.messaging.status.MessagingStatus;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The library as a service uses it: what is appended arrives, in order, and what cannot be applied is put aside. */
@SpringBootTest(
        classes = MessagingIT.AService.class,
        properties = {
            "spring.application.name=a-service",
            "spring.datasource.url=${DATABASE_URL}",
            "spring.datasource.username=${DATABASE_USER}",
            "spring.datasource.password=${DATABASE_PASSWORD}",
            "spring.kafka.bootstrap-servers=${KAFKA_BOOTSTRAP_SERVERS}",
            "spring.flyway.locations=classpath:db/messaging"
        })
public class MessagingIT {

    private static final String TOPIC = "things.v1";
    private static final String POLLED = "polled-things.v1";
    private static final Duration SOON = Duration.ofSeconds(30);

    @Autowired
    private Outbox outbox;

    @Autowired
    private OrderLocks locks;

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
    private PlatformTransactionManager transactions;

    private TransactionTemplate transaction;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "messaging");
    }

    @BeforeEach
    void begin() {
        transaction = new TransactionTemplate(transactions);
    }

    @Test
    void what_is_appended_arrives_once_committed_in_the_order_of_its_key() {
        String key = key();
        for (int i = 1; i <= 50; i++) {
            say(key, i);
        }
        await().atMost(SOON).until(() -> things.sequencesOf(key).size() >= 50);
        assertThat(things.sequencesOf(key))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 50).mapToObj(Long::valueOf).toList());
    }

    @Test
    void what_is_rolled_back_is_never_said() {
        String key = key();
        transaction.executeWithoutResult(status -> {
            append(key, 1);
            status.setRollbackOnly();
        });
        say(key, 2);
        await().atMost(SOON).until(() -> !things.sequencesOf(key).isEmpty());
        assertThat(things.sequencesOf(key)).containsExactly(2L);
    }

    @Test
    void a_transaction_with_an_early_number_that_commits_late_is_not_skipped() throws Exception {
        String early = key();
        String late = key();
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(1);
        Thread slow = Thread.ofVirtual()
                .start(() -> transaction.executeWithoutResult(status -> {
                    append(early, 1);
                    written.countDown();
                    awaitLatch(others);
                }));
        assertThat(written.await(10, TimeUnit.SECONDS)).isTrue();
        say(late, 1);
        await().atMost(SOON)
                .during(Duration.ofMillis(500))
                .until(() -> things.sequencesOf(late).isEmpty());
        others.countDown();
        slow.join();
        await().atMost(SOON)
                .until(() -> !things.sequencesOf(early).isEmpty()
                        && !things.sequencesOf(late).isEmpty());
    }

    @Test
    void appending_needs_a_transaction_and_a_lock_of_that_transaction() {
        assertThatThrownBy(() -> locks.takeFor("x")).isInstanceOf(IllegalStateException.class);
        OrderLock ended = transaction.execute(status -> locks.takeFor("x"));
        assertThatThrownBy(() -> transaction.executeWithoutResult(status ->
                        outbox.append(ended, new OutgoingMessage(TOPIC, "x", "thing.happened.v1", 1, Map.of()))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another transaction");
    }

    @Test
    void a_lock_is_of_something() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(
                        status -> locks.take("select 1 from inbox where message_key = ? for update", key())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no row");
    }

    @Test
    void the_lock_comes_before_the_first_write() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    jdbc.sql("insert into command_done (id) values (?)")
                            .param(UUID.randomUUID())
                            .update();
                    locks.takeFor("x");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("before");
    }

    @Test
    void a_message_larger_than_a_topic_takes_is_refused_where_it_is_said() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> outbox.append(
                        locks.takeFor("x"),
                        new OutgoingMessage(TOPIC, "x", "thing.happened.v1", 1, "x".repeat(1_000_000)))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void poison_is_parked_and_its_partition_goes_on() {
        String key = key();
        long before = status.deadLettersOpen();
        raw(key, "this is not JSON", headers("thing.happened.v1", 1));
        raw(key, "{}", Map.of("ce_type", "thing.happened.v1"));
        raw(key, "{\"fails\": \"always\"}", headers("thing.happened.v1", 2));
        raw(key, "{\"fails\": \"twice\"}", headers("thing.happened.v1", 3));
        raw(key, "{}", headers("thing.unheard-of.v1", 4));
        raw(key, "{}", headers("thing.happened.v1", 5));

        await().atMost(SOON).until(() -> things.sequencesOf(key).contains(5L));
        assertThat(things.sequencesOf(key)).containsExactly(3L, 5L);
        assertThat(status.deadLettersOpen() - before).isEqualTo(3);
        await().atMost(SOON).untilAsserted(() -> assertThat(deadLetters(key)).hasSize(3));
    }

    @Test
    void much_poison_does_not_hold_up_what_stands_behind_it() {
        String key = key();
        try (KafkaProducer<String, String> producer = producer()) {
            for (int i = 0; i < 100; i++) {
                producer.send(record(TOPIC, key, "this is not JSON: " + i, headers("thing.happened.v1", 1)));
            }
            producer.send(record(TOPIC, key, "{}", headers("thing.happened.v1", 2)));
        }
        await().atMost(SOON).until(() -> things.sequencesOf(key).contains(2L));
    }

    @Test
    void poison_with_a_character_that_no_database_keeps_is_parked_too() {
        String key = key() + "\0";
        raw(key, "this is not JSON", headers("thing.happened.v1", 1));
        await().atMost(SOON).untilAsserted(() -> assertThat(deadLetters(key)).hasSize(1));
    }

    @Test
    void where_a_poll_fails_and_does_not_say_at_which_message_the_others_are_applied_all_the_same() {
        String key = key();
        long before = status.deadLettersOpen();
        try (KafkaProducer<String, String> producer = producer()) {
            // In one partition, and together: most likely in one poll.
            for (int i = 1; i <= 20; i++) {
                producer.send(record(
                        POLLED, key, i == 10 ? "{\"fails\": \"always\"}" : "{}", headers("thing.happened.v1", i)));
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
    void what_may_pass_is_repeated_for_as_long_as_it_takes() {
        String key = key();
        long before = status.deadLettersOpen();
        raw(key, "{\"fails\": \"nine times, as the database would\"}", headers("thing.happened.v1", 1));
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

    private boolean advances(String key, long sequence) {
        Message message = new Message(
                UUID.randomUUID(), TOPIC, key, "thing.happened.v1", "/x", Instant.EPOCH, sequence, "{}", Map.of());
        return Boolean.TRUE.equals(transaction.execute(status -> inbox.advances(message)));
    }

    private void say(String key, long sequence) {
        transaction.executeWithoutResult(status -> append(key, sequence));
    }

    private void append(String key, long sequence) {
        outbox.append(
                locks.takeFor(key),
                new OutgoingMessage(TOPIC, key, "thing.happened.v1", sequence, Map.of("n", sequence)));
    }

    private static void raw(String key, String body, Map<String, String> headers) {
        try (KafkaProducer<String, String> producer = producer()) {
            producer.send(record(TOPIC, key, body, headers));
        }
    }

    private static KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestInfrastructure.kafkaBootstrapServers(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        50),
                new StringSerializer(),
                new StringSerializer());
    }

    private static ProducerRecord<String, String> record(
            String topic, String key, String body, Map<String, String> headers) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, key, body);
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private static Map<String, String> headers(String type, long sequence) {
        return Map.of(
                "ce_id",
                UUID.randomUUID().toString(),
                "ce_type",
                type,
                "ce_source",
                "/test",
                "ce_time",
                "2026-02-02T17:00:00Z",
                "ce_sequence",
                Long.toString(sequence));
    }

    private static List<String> deadLetters(String key) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC + ".a-service.dlt", 0);
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

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the listener was given. */
    public static final class Things implements MessageListener {

        private final ConcurrentLinkedQueue<Message> applied = new ConcurrentLinkedQueue<>();
        private final Map<UUID, Integer> tries = new ConcurrentHashMap<>();

        List<Long> sequencesOf(String key) {
            return applied.stream()
                    .filter(message -> message.key().equals(key))
                    .map(Message::sequence)
                    .toList();
        }

        @Override
        public String topic() {
            return TOPIC;
        }

        @Override
        public Set<String> types() {
            return Set.of("thing.happened.v1");
        }

        @Override
        public Unknown unknownTypes() {
            return Unknown.SKIP;
        }

        @Override
        public void on(Message message) {
            Map<?, ?> body = message.body(Map.class);
            int tried = tries.merge(message.id(), 1, Integer::sum);
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

    /** Takes whole polls, all or nothing, and does not say what was wrong. */
    public static final class PolledThings implements PollListener {

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

        @Override
        public String topic() {
            return POLLED;
        }

        @Override
        public Set<String> types() {
            return Set.of("thing.happened.v1");
        }

        @Override
        public Unknown unknownTypes() {
            return Unknown.SKIP;
        }

        @Override
        public synchronized void onAll(List<Message> poll) {
            largest = Math.max(largest, poll.size());
            if (poll.stream().anyMatch(message -> message.json().contains("always"))) {
                throw new IllegalStateException("it fails");
            }
            // As with an inbox: what was applied before changes nothing.
            poll.stream()
                    .filter(message ->
                            applied.stream().noneMatch(one -> one.id().equals(message.id())))
                    .forEach(applied::add);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class AService {

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
