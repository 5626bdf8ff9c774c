package org.openingminute.messaging.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.MessagingIT;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.MessagingTest;
import org.openingminute.messaging.inbox.ParkedMessages;
import org.openingminute.messaging.outbox.DatabaseIncarnations;
import org.openingminute.messaging.outbox.DatabaseIncarnations.History;
import org.openingminute.messaging.outbox.DatabaseIncarnations.Incarnation;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves, on a real broker, how the status measures the lag of consumer groups. */
@MessagingTest(classes = MessagingIT.AService.class, args = "--spring.application.name=status-service")
class MessagingStatusIT {

    private static final String TOPIC = "things.v1";
    private static final String NOT_THERE = "nothing-yet.v1";
    private static final Duration SOON = Duration.ofSeconds(30);

    @Autowired
    private Outbox outbox;

    @Autowired
    private OrderLocks locks;

    @Autowired
    private ParkedMessages parked;

    @Autowired
    private MessagingSetting setting;

    @Autowired
    private MessagingStatus status;

    @Autowired
    private DatabaseIncarnations incarnations;

    @Autowired
    private PlatformTransactionManager transactions;

    @Test
    void lag_is_reported_by_the_broker() {
        publish();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(status.broker().consumers())
                        .anySatisfy(lag -> assertThat(lag.group()).isEqualTo("status-service")));
    }

    @Test
    void broker_is_not_waited_for_inside_a_transaction() {
        assertThatThrownBy(() -> new TransactionTemplate(transactions).execute(_ -> status.broker()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a transaction does not wait for the broker");
    }

    @Test
    void a_group_that_has_never_committed_is_behind_by_all_there_is() {
        publish();
        String group = "newcomer-" + UUID.randomUUID();
        try (KafkaConsumer<byte[], byte[]> newcomer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestInfrastructure.kafkaBootstrapServers(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        group,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            newcomer.subscribe(List.of(TOPIC));
            await().atMost(SOON)
                    .until(() -> newcomer.poll(Duration.ofMillis(100)).count() > 0);

            await().atMost(SOON).untilAsserted(() -> {
                newcomer.poll(Duration.ofMillis(10));
                assertThat(status.broker().consumers()).anySatisfy(lag -> {
                    assertThat(lag.group()).isEqualTo(group);
                    assertThat(lag.lag()).isPositive();
                });
            });
        }
    }

    @Test
    void a_group_that_cannot_be_read_hides_no_other() {
        publish();
        String stranger = "stranger-" + UUID.randomUUID();
        commitAs(stranger);
        try (MessagingStatus looksOn = status(steady(new NotTellingOf(stranger)), setting)) {
            await().atMost(SOON).untilAsserted(() -> {
                MessagingStatus.Broker broker = looksOn.broker();
                assertThat(broker.answers()).isTrue();
                assertThat(broker.consumers())
                        .contains(new MessagingStatus.GroupLag(stranger, null, null, null))
                        .anySatisfy(lag -> {
                            assertThat(lag.group()).isEqualTo("status-service");
                            assertThat(lag.topic()).isEqualTo(TOPIC);
                            assertThat(lag.lag()).isZero();
                        });
                assertThat(broker.hasRead("status-service", Set.of(TOPIC), Duration.ofSeconds(5)))
                        .isTrue();
                assertThat(broker.hasRead(stranger, Set.of(TOPIC), Duration.ofDays(1)))
                        .as("an unknown group does not count as up to date")
                        .isFalse();
            });
        }
    }

    @Test
    void oldest_age_covers_all_partitions_however_full_some_are() throws Exception {
        String topic = "uneven-" + UUID.randomUUID();
        String group = "slow-" + UUID.randomUUID();
        Map<TopicPartition, OffsetAndMetadata> begin = new HashMap<>();
        try (Admin admin = admin();
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 6, (short) 1))).all().get();
            long now = System.currentTimeMillis();
            for (int partition = 0; partition < 6; partition++) {
                begin.put(new TopicPartition(topic, partition), new OffsetAndMetadata(0));
                ProducerRecord<String, String> one =
                        new ProducerRecord<>(topic, partition, partition == 5 ? now - 240_000 : now, "key", "{}");
                // A new partition may have no leader yet, and later batches could overtake the first one.
                producer.send(one).get();
                for (int i = 1; i < (partition == 5 ? 1 : 60); i++) {
                    producer.send(one);
                }
            }
            producer.flush();
            admin.alterConsumerGroupOffsets(group, begin).all().get();
        }

        await().atMost(SOON).untilAsserted(() -> {
            MessagingStatus.Broker broker = status.broker();
            assertThat(broker.consumers()).anySatisfy(lag -> {
                assertThat(lag.group()).isEqualTo(group);
                assertThat(lag.lag()).isEqualTo(301);
            });
            assertThat(broker.consumers().stream()
                            .filter(lag -> lag.group().equals(group))
                            .map(MessagingStatus.GroupLag::oldestSeconds)
                            .findFirst()
                            .orElseThrow())
                    .isNotNull();
        });
        for (int look = 0; look < 5; look++) {
            try (MessagingStatus looksOn = status(steady(admin()), setting)) {
                assertThat(looksOn.broker().consumers().stream()
                                .filter(lag -> lag.group().equals(group) && lag.oldestSeconds() != null)
                                .map(MessagingStatus.GroupLag::oldestSeconds))
                        .allSatisfy(age -> assertThat(age).isGreaterThan(200));
            }
        }
    }

    @Test
    void soon_after_an_outage_nothing_counts_as_read() {
        publish();
        AtomicLong time = new AtomicLong();
        AwayAtTimes admin = new AwayAtTimes();
        BrokerWatch brokers = new BrokerWatch(() -> admin, time::get);
        try (brokers) {
            pollUntilSteady(brokers);
            await().atMost(SOON).until(() -> allIsRead(brokers));

            admin.away = true;
            brokers.poll();
            brokers.poll();
            admin.away = false;
            assertThat(allIsRead(brokers)).as("not polled since").isFalse();
            brokers.poll();
            await("it was late, and not away").atMost(SOON).until(() -> allIsRead(brokers));

            admin.away = true;
            brokers.poll();
            brokers.poll();
            brokers.poll();
            admin.away = false;
            brokers.poll();
            time.addAndGet(BrokerWatch.STEADY_AFTER.toNanos() - 1);
            brokers.poll();
            assertThat(allIsRead(brokers)).as("it may not have arrived yet").isFalse();
            time.addAndGet(1);
            await().atMost(SOON).until(() -> allIsRead(brokers));
        }
    }

    @Test
    void nothing_counts_as_read_until_readers_go_back_in_a_new_incarnation() {
        publish();
        await().atMost(SOON).until(() -> allIsRead(steady(admin())));

        List<Incarnation> promoted = new ArrayList<>(incarnations.history().oldestFirst());
        promoted.add(new Incarnation(Integer.MAX_VALUE, false, false, null));
        try (MessagingStatus status = status(steady(admin()), setting, () -> new History(promoted))) {
            assertThat(status.broker().hasRead(setting.group(), Set.of(TOPIC), Duration.ofDays(1)))
                    .isFalse();
        }
    }

    @Test
    void a_group_that_has_lost_its_place_is_behind_by_all_there_is() {
        publish();
        MessagingSetting lost = new MessagingSetting("lost-" + UUID.randomUUID(), setting.clock(), setting.ids());
        try (MessagingStatus looksOn = status(steady(admin()), lost)) {
            await().atMost(SOON).untilAsserted(() -> {
                MessagingStatus.Broker broker = looksOn.broker();
                assertThat(broker.consumers()).anySatisfy(lag -> {
                    assertThat(lag.group()).isEqualTo(lost.group());
                    assertThat(lag.topic()).isEqualTo(TOPIC);
                    assertThat(lag.lag()).isPositive();
                });
                assertThat(broker.hasRead(lost.group(), Set.of(TOPIC), Duration.ZERO))
                        .isFalse();
                assertThat(broker.hasRead(lost.group(), Set.of(NOT_THERE), Duration.ZERO))
                        .as("nobody has written to it yet")
                        .isTrue();
            });
        }
    }

    private boolean allIsRead(BrokerWatch brokers) {
        return status(brokers, setting).broker().hasRead(setting.group(), Set.of(TOPIC), Duration.ofSeconds(5));
    }

    private MessagingStatus status(BrokerWatch brokers, MessagingSetting as) {
        return status(brokers, as, incarnations::history);
    }

    private MessagingStatus status(BrokerWatch brokers, MessagingSetting as, Supplier<History> history) {
        return new MessagingStatus(
                outbox,
                parked,
                brokers,
                MessagingStatusIT::reader,
                new MessagingStatus.Own(as, () -> Set.of(TOPIC, NOT_THERE), history));
    }

    /** A watch of brokers that were always available. */
    private static BrokerWatch steady(Admin admin) {
        BrokerWatch brokers = new BrokerWatch(() -> admin, System::nanoTime);
        pollUntilSteady(brokers);
        return brokers;
    }

    /** The first answer may take longer than a poll waits. */
    private static void pollUntilSteady(BrokerWatch brokers) {
        await().pollDelay(Duration.ZERO).atMost(SOON).until(() -> {
            brokers.poll();
            return brokers.areSteady();
        });
    }

    private static Admin admin() {
        return new ForwardingAdmin(Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, (Object) TestInfrastructure.kafkaBootstrapServers()));
    }

    /** A cluster that does not answer while it is away. */
    private static final class AwayAtTimes extends ForwardingAdmin {

        private volatile boolean away;

        AwayAtTimes() {
            super(Map.of(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, (Object) TestInfrastructure.kafkaBootstrapServers()));
        }

        @Override
        public DescribeClusterResult describeCluster(DescribeClusterOptions options) {
            if (away) {
                throw new TimeoutException("no broker answers");
            }
            return super.describeCluster(options);
        }
    }

    /** A broker that fails to describe one group. */
    private static final class NotTellingOf extends ForwardingAdmin {

        private final String group;

        NotTellingOf(String group) {
            super(Map.of(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, (Object) TestInfrastructure.kafkaBootstrapServers()));
            this.group = group;
        }

        @Override
        public DescribeConsumerGroupsResult describeConsumerGroups(
                Collection<String> groups, DescribeConsumerGroupsOptions options) {
            if (!groups.contains(group)) {
                return super.describeConsumerGroups(groups, options);
            }
            KafkaFutureImpl<org.apache.kafka.clients.admin.ConsumerGroupDescription> no = new KafkaFutureImpl<>();
            no.completeExceptionally(GroupAuthorizationException.forGroupId(group));
            return new DescribeConsumerGroupsResult(Map.of(group, no));
        }
    }

    private static KafkaConsumer<String, byte[]> reader() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestInfrastructure.kafkaBootstrapServers(),
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        50),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    private static void commitAs(String group) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestInfrastructure.kafkaBootstrapServers(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        group,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            await().atMost(SOON)
                    .until(() -> consumer.poll(Duration.ofMillis(100)).count() > 0);
            consumer.commitSync();
        }
    }

    private void publish() {
        String key = UUID.randomUUID().toString();
        new TransactionTemplate(transactions)
                .executeWithoutResult(_ -> outbox.append(
                        locks.takeFor(key), new OutgoingMessage(TOPIC, key, "thing.happened.v1", 1, Map.of("n", 1))));
    }
}
