package org.openingminute.messaging.operations;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.inbox.ParkedMessages;
import org.openingminute.messaging.outbox.DatabaseIncarnations;
import org.openingminute.messaging.outbox.Outbox;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;

/** Provides {@link MessagingStatus}. */
@AutoConfiguration(
        afterName = {
            "org.openingminute.messaging.outbox.OutboxAutoConfiguration",
            "org.openingminute.messaging.inbox.InboxAutoConfiguration"
        })
@ConditionalOnClass(KafkaAdmin.class)
class StatusAutoConfiguration {

    @Bean
    MessagingStatus messagingStatus(
            Outbox outbox,
            ParkedMessages parked,
            KafkaConnectionDetails kafka,
            MessagingSetting setting,
            KafkaListenerEndpointRegistry readers,
            DatabaseIncarnations incarnations) {
        Map<String, Object> admin = Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.getBootstrapServers(),
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 700,
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 700);
        Map<String, Object> reader = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.getBootstrapServers(),
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                50,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false);
        BrokerWatch brokers = new BrokerWatch(() -> Admin.create(admin), System::nanoTime);
        brokers.start();
        return new MessagingStatus(
                outbox,
                parked,
                brokers,
                () -> new KafkaConsumer<>(reader, new StringDeserializer(), new ByteArrayDeserializer()),
                new MessagingStatus.Own(setting, () -> topicsOf(readers), incarnations::recent));
    }

    private static Set<String> topicsOf(KafkaListenerEndpointRegistry readers) {
        return readers.getListenerContainers().stream()
                .flatMap(reader -> Stream.of(reader.getContainerProperties().getTopics()))
                .collect(Collectors.toSet());
    }

    @Bean
    StatusMetrics statusMetrics(MessagingStatus status, PolledGauges metrics) {
        return new StatusMetrics(status, metrics);
    }
}
