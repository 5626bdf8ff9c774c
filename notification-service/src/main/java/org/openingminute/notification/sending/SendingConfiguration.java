package org.openingminute.notification.sending;

import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

@Configuration(proxyBeanMethods = false)
class SendingConfiguration {

    private static final int PARTITIONS = 12;

    /** The one topic that this service writes. */
    @Bean
    NewTopic notificationEvents(@Value("${TOPIC_REPLICATION:1}") short replication) {
        return TopicBuilder.name(MailEvent.TOPIC)
                .partitions(PARTITIONS)
                .replicas(replication)
                .build();
    }
}
