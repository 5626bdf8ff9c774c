package org.openingminute.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves, on a real PostgreSQL and a real broker, that messages which a service appends to its outbox reach its reader in order. */
@MessagingTest(classes = MessagingIT.AService.class, args = "--spring.application.name=a-service")
public class MessagingIT {

    private static final String TOPIC = "things.v1";
    private static final Duration SOON = Duration.ofSeconds(30);

    @Autowired
    private Outbox outbox;

    @Autowired
    private OrderLocks locks;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Things things;

    @Autowired
    private PlatformTransactionManager transactions;

    private TransactionTemplate transaction;

    @BeforeEach
    void begin() {
        transaction = new TransactionTemplate(transactions);
    }

    @Test
    void committed_messages_arrive_in_key_order() {
        String key = key();
        for (int i = 1; i <= 50; i++) {
            publish(key, i);
        }
        await().atMost(SOON).until(() -> things.sequencesOf(key).size() >= 50);
        assertThat(things.sequencesOf(key))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 50).mapToObj(Long::valueOf).toList());
    }

    @Test
    void rolled_back_messages_are_never_published() {
        String key = key();
        transaction.executeWithoutResult(status -> {
            append(key, 1);
            status.setRollbackOnly();
        });
        publish(key, 2);
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
        assertThat(written.await(60, TimeUnit.SECONDS)).isTrue();
        publish(late, 1);
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
    void lock_of_a_key_is_held_until_the_commit() {
        String key = key();
        transaction.executeWithoutResult(_ -> {
            locks.takeFor(key);
            // Another thread, and so another transaction.
            assertThat(CompletableFuture.runAsync(() -> transaction.executeWithoutResult(_ -> {
                        jdbc.sql("set local lock_timeout = '100ms'").update();
                        locks.takeFor(key);
                    })))
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .withMessageContaining("lock timeout");
        });
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
    void message_larger_than_a_topic_takes_is_refused_at_the_append() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> outbox.append(
                        locks.takeFor("x"),
                        new OutgoingMessage(TOPIC, "x", "thing.happened.v1", 1, "x".repeat(1_000_000)))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void publish(String key, long sequence) {
        transaction.executeWithoutResult(status -> append(key, sequence));
    }

    private void append(String key, long sequence) {
        outbox.append(
                locks.takeFor(key),
                new OutgoingMessage(TOPIC, key, "thing.happened.v1", sequence, Map.of("n", sequence)));
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Records the messages that the reader receives. */
    public static final class Things {

        private final ConcurrentLinkedQueue<Message> applied = new ConcurrentLinkedQueue<>();

        List<Long> sequencesOf(String key) {
            return applied.stream()
                    .filter(message -> message.key().equals(key))
                    .map(Message::sequence)
                    .toList();
        }

        @MessageReader(topic = TOPIC, types = "thing.happened.v1", unknownTypes = Unknown.SKIP)
        void on(Message message) {
            applied.add(message);
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
        NewTopic thingsTopic() {
            return TopicBuilder.name(TOPIC).partitions(12).replicas(1).build();
        }
    }
}
