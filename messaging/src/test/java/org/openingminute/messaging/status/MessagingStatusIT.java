package org.openingminute.messaging.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.MessagingIT;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.inbox.ParkedMessages;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How far behind the groups are, as a real broker tells it. */
@SpringBootTest(
        classes = MessagingIT.AService.class,
        properties = {
            "spring.application.name=status-service",
            "spring.datasource.url=${DATABASE_URL}",
            "spring.datasource.username=${DATABASE_USER}",
            "spring.datasource.password=${DATABASE_PASSWORD}",
            "spring.kafka.bootstrap-servers=${KAFKA_BOOTSTRAP_SERVERS}",
            "spring.flyway.locations=classpath:db/messaging"
        })
class MessagingStatusIT {

    private static final String TOPIC = "things.v1";
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
    private PlatformTransactionManager transactions;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "status");
    }

    @Test
    void lag_is_told_by_the_broker() {
        say();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(status.broker().consumers())
                        .anySatisfy(lag -> assertThat(lag.group()).isEqualTo("status-service")));
    }

    @Test
    void a_group_that_has_never_committed_is_behind_by_all_there_is() {
        say();
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
        say();
        String stranger = "stranger-" + UUID.randomUUID();
        commitAs(stranger);
        try (MessagingStatus looksOn = new MessagingStatus(
                outbox, parked, () -> new NotTellingOf(stranger), MessagingStatusIT::reader, setting)) {
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
                        .as("what is not known is not so")
                        .isFalse();
            });
        }
    }

    /** A broker that will not tell of one group. */
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
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
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

    private void say() {
        String key = UUID.randomUUID().toString();
        new TransactionTemplate(transactions)
                .executeWithoutResult(_ -> outbox.append(
                        locks.takeFor(key), new OutgoingMessage(TOPIC, key, "thing.happened.v1", 1, Map.of("n", 1))));
    }
}
