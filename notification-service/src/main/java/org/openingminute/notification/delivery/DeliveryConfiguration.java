package org.openingminute.notification.delivery;

import org.apache.kafka.clients.admin.NewTopic;
import org.openingminute.messaging.Topics;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DeliveryConfiguration {

    /** The only topic that this service writes. */
    @Bean
    NewTopic notificationEvents(Topics topics) {
        return topics.kept(MailEvent.TOPIC);
    }
}
