package org.openingminute.messaging.operations;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.openingminute.kit.access.Person;
import org.openingminute.messaging.MessagingTest;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.messaging.testing.Records;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A service that parks some of its messages, with helpers for the tests of dead letters. It runs on a real PostgreSQL and a real broker.
 */
@MessagingTest(classes = ParkedThings.AService.class, args = "--spring.application.name=dead-letters")
abstract class ParkedThings {

    static final String TOPIC = "parked-things.v1";
    static final String OUTGOING = "outgoing-things.v1";
    static final Person OPERATOR = new Person("operator", "Grace Hopper");
    static final Duration SOON = Duration.ofSeconds(60);

    @Autowired
    DeadLetters deadLetters;

    @Autowired
    Things things;

    @Autowired
    JdbcClient jdbc;

    final long rowsOf(String key) {
        return jdbc.sql("select count(*) from thing where key = ? and n = 1")
                .param(key)
                .query(Long.class)
                .single();
    }

    final UUID park(String key, long sequence) {
        send(key, sequence);
        await().atMost(SOON)
                .until(() -> jdbc.sql("select count(*) from parked_message where message_key = ?")
                                .param(key)
                                .query(Long.class)
                                .single()
                        == 1);
        return jdbc.sql("select id from parked_message where message_key = ?")
                .param(key)
                .query(UUID.class)
                .single();
    }

    static void send(String key, long sequence) {
        try (KafkaProducer<String, String> producer = Records.producer()) {
            producer.send(Records.of(
                    TOPIC,
                    key,
                    "{\"id\": \"" + key + "\", \"name\": \"Ada Lovelace\"}",
                    Records.headers("thing.happened.v1", sequence)));
        }
    }

    static UUID uuid(String id) {
        return UUID.fromString(id.substring(id.indexOf('.') + 1));
    }

    static String key() {
        return UUID.randomUUID().toString();
    }

    /** Fails on each message until its key is fixed. After that it writes to its table and publishes a message. */
    static final class Things {

        final Set<String> mended = ConcurrentHashMap.newKeySet();
        final Set<String> deadly = ConcurrentHashMap.newKeySet();
        final Map<String, CountDownLatch> waitFor = new ConcurrentHashMap<>();
        final Map<String, Integer> asked = new ConcurrentHashMap<>();
        private final JdbcClient jdbc;
        private final Inbox inbox;
        private final OrderLocks locks;
        private final Outbox outbox;
        private final TransactionTemplate transaction;

        Things(JdbcClient jdbc, Inbox inbox, OrderLocks locks, Outbox outbox, TransactionTemplate transaction) {
            this.jdbc = jdbc;
            this.inbox = inbox;
            this.locks = locks;
            this.outbox = outbox;
            this.transaction = transaction;
            jdbc.sql("create table thing (key text not null, n integer not null)")
                    .update();
        }

        @MessageReader(topic = TOPIC, types = "thing.happened.v1", unknownTypes = Unknown.SKIP)
        void on(Message message) {
            String key = message.key();
            asked.merge(key, 1, Integer::sum);
            if (!mended.contains(key)) {
                throw new PermanentFailure("it is not mended yet");
            }
            awaitTurn(key);
            transaction.executeWithoutResult(status -> {
                OrderLock lock = locks.takeFor(key);
                if (!inbox.advances(message)) {
                    return;
                }
                jdbc.sql("insert into thing values (?, 0), (?, 0)")
                        .param(key)
                        .param(key)
                        .update();
                jdbc.sql("update thing set n = 1 where ctid = (select min(ctid) from thing where key = ?)")
                        .param(key)
                        .update();
                jdbc.sql("delete from thing where key = ? and n = 0").param(key).update();
                outbox.append(lock, new OutgoingMessage(OUTGOING, key, "thing.done.v1", 1, new Done(key, "Ada")));
            });
            if (deadly.contains(key)) {
                throw new OutOfMemoryError("for a test");
            }
        }

        record Done(String id, String by) {}

        private void awaitTurn(String key) {
            CountDownLatch latch = waitFor.get(key);
            try {
                if (latch != null && !latch.await(20, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nobody let it go on");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class AService {

        @Bean
        PayloadMask mask() {
            return new PayloadMask(Set.of("id"));
        }

        @Bean
        Things things(JdbcClient jdbc, Inbox inbox, OrderLocks locks, Outbox outbox, TransactionTemplate transaction) {
            return new Things(jdbc, inbox, locks, outbox, transaction);
        }

        @Bean
        NewTopic parkedThings() {
            return TopicBuilder.name(TOPIC).partitions(3).replicas(1).build();
        }

        @Bean
        NewTopic outgoingThings() {
            return TopicBuilder.name(OUTGOING).partitions(3).replicas(1).build();
        }
    }
}
