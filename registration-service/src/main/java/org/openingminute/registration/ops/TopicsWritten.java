package org.openingminute.registration.ops;

import org.apache.kafka.clients.admin.NewTopic;
import org.openingminute.messaging.Topics;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The topics that only this service writes. */
@Configuration(proxyBeanMethods = false)
class TopicsWritten {

    @Bean
    NewTopic registrationEvents(Topics topics) {
        return topics.kept("registration.events.v1");
    }

    @Bean
    NewTopic paymentCommands(Topics topics) {
        return topics.kept("payment.commands.v1");
    }

    /** Compacted, so that a new consumer finds every definition. */
    @Bean
    NewTopic conferenceDefinitions(Topics topics) {
        return topics.newest("conference.definitions.v1");
    }
}
