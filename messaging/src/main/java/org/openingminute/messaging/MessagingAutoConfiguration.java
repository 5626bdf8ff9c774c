package org.openingminute.messaging;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Sets the library up in a service that has a database and a broker: {@link OrderLocks}, {@link Outbox} with its relay,
 * {@link Inbox}, a consumer for each {@link MessageListener}, and {@link MessagingStatus}. The service declares the topics
 * that it writes as {@link NewTopic} beans. Its name ({@code spring.application.name}) is its consumer group.
 */
@AutoConfiguration(before = KafkaAutoConfiguration.class)
public class MessagingAutoConfiguration {

    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration RETENTION = Duration.ofDays(7);

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    @ConditionalOnMissingBean
    Ids ids() {
        return Ids.timeOrdered();
    }

    @Bean
    MessagingSetting messagingSetting(@Value("${spring.application.name}") String name, Clock clock, Ids ids) {
        return new MessagingSetting(name, clock, ids);
    }

    /** Topics are made when a broker answers, not while the service starts. */
    @Bean
    KafkaAdmin kafkaAdmin(KafkaProperties properties, KafkaConnectionDetails connection) {
        Map<String, Object> config = properties.buildAdminProperties();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, connection.getBootstrapServers());
        KafkaAdmin admin = new KafkaAdmin(config);
        admin.setAutoCreate(false);
        admin.setModifyTopicConfigs(true);
        admin.setOperationTimeout(5);
        return admin;
    }

    @Bean
    TraceContext traceContext(ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator) {
        return new TraceContext(tracer.getIfAvailable(), propagator.getIfAvailable());
    }

    @Bean
    OrderLocks orderLocks(JdbcClient jdbc, DataSource dataSource) {
        return new OrderLocks(jdbc, dataSource);
    }

    @Bean
    Incarnation incarnation(JdbcClient jdbc) {
        return new Incarnation(jdbc);
    }

    @Bean
    Outbox outbox(
            JdbcClient jdbc,
            DataSource dataSource,
            Incarnation incarnation,
            MessagingSetting setting,
            TraceContext traces,
            ObjectProvider<OutboxRelay> relay) {
        return new Outbox(
                jdbc,
                dataSource,
                incarnation,
                setting,
                traces,
                () -> relay.getObject().wake());
    }

    @Bean
    Inbox inbox(JdbcClient jdbc) {
        return new Inbox(jdbc);
    }

    @Bean
    Topics topics(
            KafkaAdmin admin,
            List<NewTopic> written,
            List<MessageListener> listeners,
            MessagingSetting setting,
            @Value("${TOPIC_REPLICATION:1}") short replication) {
        List<NewTopic> deadLetters = listeners.stream()
                .map(listener -> TopicBuilder.name(ParkedMessages.deadLetterTopic(listener.topic(), setting.group()))
                        .partitions(1)
                        .replicas(replication)
                        .build())
                .toList();
        return new Topics(admin, written, deadLetters);
    }

    @Bean
    OutboxRelay outboxRelay(
            JdbcClient jdbc, Incarnation incarnation, Topics topics, KafkaConnectionDetails kafka, Ids ids) {
        RelayCursor cursor = new RelayCursor(jdbc, incarnation, ids.next().toString(), LEASE);
        return new OutboxRelay(cursor, topics, producers(kafka), LEASE, RETENTION);
    }

    @Bean
    ParkedMessages parkedMessages(JdbcClient jdbc, MessagingSetting setting, KafkaConnectionDetails kafka) {
        return new ParkedMessages(jdbc, setting, producers(kafka));
    }

    @Bean
    Consumers consumers(
            KafkaConnectionDetails kafka,
            List<MessageListener> listeners,
            ParkedMessages parked,
            Consumers.Surroundings surroundings) {
        return new Consumers(
                new DefaultKafkaConsumerFactory<>(
                        consumerConfig(kafka), new StringDeserializer(), new ByteArrayDeserializer()),
                listeners,
                parked,
                surroundings);
    }

    @Bean
    Consumers.Surroundings consumersSurroundings(
            MessagingSetting setting, Topics topics, TraceContext traces, ObjectProvider<MeterRegistry> meters) {
        return new Consumers.Surroundings(setting, topics, traces, meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    MessagingStatus messagingStatus(
            Outbox outbox, ParkedMessages parked, KafkaConnectionDetails kafka, MessagingSetting setting) {
        Map<String, Object> admin = Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.getBootstrapServers(),
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 700,
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 700);
        Map<String, Object> reader = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.getBootstrapServers(),
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                50,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false);
        return new MessagingStatus(
                outbox,
                parked,
                () -> Admin.create(admin),
                () -> new KafkaConsumer<>(reader, new StringDeserializer(), new ByteArrayDeserializer()),
                setting);
    }

    private static Supplier<Producer<String, byte[]>> producers(KafkaConnectionDetails kafka) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.getBootstrapServers());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // A record that times out while its successors go would break the order: none does.
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        return () -> new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    private static Map<String, Object> consumerConfig(KafkaConnectionDetails kafka) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.getBootstrapServers());
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        // A reader that was killed is missed after six seconds, the brokers' lower bound.
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_500);
        // A topic that its writer has not made yet is found within seconds.
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 3_000);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 256);
        return config;
    }
}
