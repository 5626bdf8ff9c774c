package org.openingminute.registration.news;

import org.apache.kafka.clients.admin.NewTopic;
import org.openingminute.messaging.Topics;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NewsSettings.class)
class NewsConfiguration {

    @Bean
    NewTopic conferenceEvents(Topics topics) {
        return topics.kept(News.TOPIC);
    }
}
