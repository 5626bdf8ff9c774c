package org.openingminute.registration.registrations;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.openingminute.registration.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/** The topics that this service alone writes. */
@Configuration(proxyBeanMethods = false)
class TopicsWritten {

    private static final int PARTITIONS = 12;

    @Bean
    NewTopic registrationEvents(Settings settings) {
        return topic("registration.events.v1", settings).build();
    }

    @Bean
    NewTopic conferenceEvents(Settings settings) {
        return topic("conference.events.v1", settings).build();
    }

    @Bean
    NewTopic paymentCommands(Settings settings) {
        return topic("payment.commands.v1", settings).build();
    }

    /** Kept for ever, the newest of each conference: a reader that starts anew finds every definition. */
    @Bean
    NewTopic conferenceDefinitions(Settings settings) {
        return topic("conference.definitions.v1", settings).compact().build();
    }

    private static TopicBuilder topic(String name, Settings settings) {
        return TopicBuilder.name(name)
                .partitions(PARTITIONS)
                .replicas(settings.topicReplication())
                .config(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
    }
}
