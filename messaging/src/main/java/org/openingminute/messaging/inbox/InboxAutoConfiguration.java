package org.openingminute.messaging.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.Pulse;
import org.openingminute.messaging.Topics;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.outbox.DatabaseIncarnations;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.MicrometerConsumerListener;

/** Provides containers for {@link MessageReader} methods, the {@link Inbox}, and the parking of messages that cannot be applied. */
@AutoConfiguration(afterName = "org.openingminute.messaging.MessagingAutoConfiguration")
@ConditionalOnClass(KafkaAdmin.class)
class InboxAutoConfiguration {

    private final KafkaConnectionDetails kafka;

    InboxAutoConfiguration(KafkaConnectionDetails kafka) {
        this.kafka = kafka;
    }

    @Bean
    Inbox inbox(JdbcClient jdbc) {
        return new Inbox(jdbc);
    }

    /** Lazy, because the readers are known only once all beans exist. The topics are created after that. */
    @Bean
    @Lazy
    KafkaAdmin.NewTopics deadLetterTopics(MessageReaderFactory factory, MessagingSetting setting, Topics topics) {
        return new KafkaAdmin.NewTopics(factory.readers().stream()
                .map(reader -> topics.deadLetters(ParkedMessages.deadLetterTopic(reader.topic(), setting.group())))
                .toArray(NewTopic[]::new));
    }

    @Bean
    ParkedMessages parkedMessages(
            JdbcClient jdbc,
            MessagingSetting setting,
            MessageBroker broker,
            TraceContext traces,
            ObjectProvider<MeterRegistry> meters) {
        return new ParkedMessages(jdbc, setting, broker, traces, meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    @Bean
    Redelivery redelivery(MessageReaderFactory factory, Inbox inbox, TraceContext traces) {
        return new Redelivery(factory, inbox, traces);
    }

    @Bean
    MessageReaderFactory.ReadPositions readPositions() {
        return new MessageReaderFactory.ReadPositions();
    }

    @Bean(MessageReaderFactory.NAME)
    MessageReaderFactory messageReaderFactory(
            MessageReaderFactory.ReadPositions positions,
            MessagingSetting setting,
            Inbox inbox,
            ParkedMessages parked,
            TraceContext traces,
            ObjectProvider<MeterRegistry> meters) {
        MeterRegistry registry = meters.getIfAvailable(SimpleMeterRegistry::new);
        DefaultKafkaConsumerFactory<String, byte[]> consumers = new DefaultKafkaConsumerFactory<>(
                consumerConfig(), new StringDeserializer(), new ByteArrayDeserializer());
        // The Kafka client's own metrics, including its lag.
        consumers.addListener(new MicrometerConsumerListener<>(registry));
        consumers.addPostProcessor(positions::rewinding);
        MessageReaderFactory factory = new MessageReaderFactory(consumers, setting, inbox, parked, traces, registry);
        factory.getContainerProperties().setConsumerRebalanceListener(positions);
        return factory;
    }

    @Bean
    ReaderKeeper readerKeeper(
            KafkaListenerEndpointRegistry readers,
            MessageBroker broker,
            MessageReaderFactory.ReadPositions positions,
            DatabaseIncarnations incarnations,
            ObjectProvider<Inbox.OwnMessageRecovery> ownMessageRecovery,
            Pulse pulse) {
        ReaderKeeper keeper = new ReaderKeeper(
                readers,
                broker,
                positions,
                incarnations,
                new ReaderKeeper.Recovery(
                        ownMessageRecovery.stream().toList(),
                        () -> new KafkaConsumer<>(
                                consumerConfig(), new StringDeserializer(), new ByteArrayDeserializer())));
        keeper.askWith(pulse);
        return keeper;
    }

    private Map<String, Object> consumerConfig() {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.getBootstrapServers());
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        // Brokers notice a killed reader after six seconds, the minimum that they accept.
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_500);
        // A topic that its writer creates later is found within seconds.
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 3_000);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 256);
        return config;
    }
}
