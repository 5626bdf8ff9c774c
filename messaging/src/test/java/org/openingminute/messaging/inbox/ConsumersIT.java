package org.openingminute.messaging.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.MessagingTest;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.outbox.DatabaseIncarnations;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves, on a real PostgreSQL and a real broker, that readers continue after errors, stop with their keeper, and go back in a new
 * incarnation.
 */
@MessagingTest(classes = ConsumersIT.AService.class, args = "--spring.application.name=consumers")
class ConsumersIT {

    private static final String TOPIC = "heavy-things.v1";

    @Autowired
    private Outbox outbox;

    @Autowired
    private OrderLocks locks;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private Things things;

    @Autowired
    private KafkaListenerEndpointRegistry readers;

    @Autowired
    private ReaderKeeper keeper;

    @Autowired
    @Qualifier("outboxRelay")
    private Lifecycle relay;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private DatabaseIncarnations incarnations;

    @Autowired
    private OwnThings own;

    @Test
    void an_error_ends_no_reader_for_good() {
        String key = UUID.randomUUID().toString();
        things.errors.put(key, Things.MORE_THAN_READERS);

        transaction.executeWithoutResult(_ -> outbox.append(
                locks.takeFor(key), new OutgoingMessage(TOPIC, key, "thing.happened.v1", 1, Map.of("n", 1))));

        await().atMost(Duration.ofSeconds(60)).until(() -> things.applied.contains(key));
        assertThat(things.errors.get(key)).isZero();
    }

    @Test
    void log_lines_about_a_message_carry_its_key() {
        String key = UUID.randomUUID().toString();

        transaction.executeWithoutResult(_ -> outbox.append(
                locks.takeFor(key), new OutgoingMessage(TOPIC, key, "thing.happened.v1", 1, Map.of("n", 1))));

        await().atMost(Duration.ofSeconds(60)).until(() -> things.applied.contains(key));
        assertThat(things.loggedWith).containsEntry(key, key);
    }

    /** Spring stops their registry in a later phase, after the jobs. */
    @Test
    void readers_stop_with_their_keeper_and_start_with_it() {
        await().atMost(Duration.ofSeconds(60)).until(this::allRun);

        keeper.stop();

        assertThat(readers.getListenerContainers()).isNotEmpty().noneMatch(Lifecycle::isRunning);
        assertThat(keeper.getPhase()).isGreaterThan(readers.getPhase());
        keeper.start();
        await().atMost(Duration.ofSeconds(60)).until(this::allRun);
    }

    /** A promoted standby may lack the effects of the last messages. */
    @Test
    void readers_go_back_in_a_new_incarnation_after_recovering_their_own() {
        // Otherwise readers may go back in the previous test's incarnation, after they applied these messages.
        await().atMost(Duration.ofSeconds(60)).until(() -> incarnations.isRecovered());
        List<String> keys = IntStream.range(0, 2_000)
                .mapToObj(_ -> UUID.randomUUID().toString())
                .toList();
        publish(keys);
        await().atMost(Duration.ofSeconds(60)).until(() -> things.applied.containsAll(keys));
        keys.forEach(things.applied::remove);
        own.noted.clear();
        things.beforeRecovery.clear();

        jdbc.sql("update database_incarnation set timeline = timeline + 1").update();
        await().atMost(Duration.ofSeconds(60)).until(() -> incarnations.isRecovered());
        assertThat(own.noted).containsAll(keys);
        String live = UUID.randomUUID().toString();
        publish(List.of(live));

        await().atMost(Duration.ofSeconds(30)).until(() -> things.applied.contains(live));
        await().atMost(Duration.ofSeconds(60)).until(() -> things.applied.containsAll(keys));
        assertThat(things.beforeRecovery).doesNotContainAnyElementsOf(keys);
        String number = Integer.toString(incarnations.history().present().number());
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(committed().values())
                        .isNotEmpty()
                        .allSatisfy(offset -> assertThat(offset.metadata()).startsWith(number + " ")));
    }

    /** The relay waits for the brokers before it notes an incarnation itself. */
    @Test
    void a_new_incarnation_is_noted_while_the_relay_waits() {
        int before = incarnations.history().present().number();
        relay.stop();
        try {
            jdbc.sql("update database_incarnation set timeline = timeline + 100 where number = ?")
                    .param(before)
                    .update();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> incarnations.history().present().number() > before);
        } finally {
            relay.start();
        }
    }

    private void publish(List<String> keys) {
        transaction.executeWithoutResult(_ -> outbox.appendAll(
                locks.takeFor("any"),
                keys.stream()
                        .map(key -> new OutgoingMessage(TOPIC, key, "thing.happened.v1", 1, Map.of("n", 1)))
                        .toList()));
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        try (Admin admin = Admin.create(
                Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()))) {
            return admin.listConsumerGroupOffsets("consumers")
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
    }

    private boolean allRun() {
        return readers.getListenerContainers().stream().allMatch(Lifecycle::isRunning);
    }

    /** Without a committed offset, the lag of a stopped reader would be unknown. */
    @Test
    void a_reader_has_its_place_in_every_partition_from_the_first() {
        try (Admin admin = Admin.create(
                Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()))) {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .untilAsserted(() -> {
                        int partitions = admin.describeTopics(List.of(TOPIC))
                                .allTopicNames()
                                .get()
                                .get(TOPIC)
                                .partitions()
                                .size();
                        assertThat(admin.listConsumerGroupOffsets("consumers")
                                        .partitionsToOffsetAndMetadata()
                                        .get()
                                        .keySet())
                                .filteredOn(place -> place.topic().equals(TOPIC))
                                .hasSize(partitions);
                    });
        }
    }

    /** Throws an OutOfMemoryError as often as configured, and more often than there are readers. */
    static final class Things {

        static final int MORE_THAN_READERS = 5;

        private final Map<String, Integer> errors = new ConcurrentHashMap<>();
        private final Map<String, String> loggedWith = new ConcurrentHashMap<>();
        private final Set<String> applied = ConcurrentHashMap.newKeySet();
        private final Set<String> beforeRecovery = ConcurrentHashMap.newKeySet();
        private final OwnThings own;

        Things(OwnThings own) {
            this.own = own;
        }

        @MessageReader(topic = TOPIC, types = "thing.happened.v1", unknownTypes = Unknown.SKIP)
        void on(Message message) {
            int left = errors.getOrDefault(message.key(), 0);
            if (left > 0) {
                errors.put(message.key(), left - 1);
                throw new OutOfMemoryError("for a test");
            }
            loggedWith.put(message.key(), String.valueOf(MDC.get("messageKey")));
            if (!own.noted.contains(message.key())) {
                beforeRecovery.add(message.key());
            }
            applied.add(message.key());
        }
    }

    /** Records the service's own messages during recovery. */
    static final class OwnThings implements Inbox.OwnMessageRecovery {

        private final Set<String> noted = ConcurrentHashMap.newKeySet();

        @Override
        public String topic() {
            return TOPIC;
        }

        @Override
        public void note(List<Message> messages) {
            messages.forEach(message -> noted.add(message.key()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class AService {

        @Bean
        Things things(OwnThings own) {
            return new Things(own);
        }

        @Bean
        OwnThings ownThings() {
            return new OwnThings();
        }

        @Bean
        NewTopic heavyThings() {
            return TopicBuilder.name(TOPIC).partitions(3).replicas(1).build();
        }
    }
}
