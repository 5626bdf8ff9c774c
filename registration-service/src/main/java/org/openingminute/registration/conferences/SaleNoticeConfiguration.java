package org.openingminute.registration.conferences;

import java.time.Duration;
import org.apache.kafka.clients.admin.NewTopic;
import org.openingminute.messaging.Topics;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SaleNoticeConfiguration.SaleNoticeSettings.class)
class SaleNoticeConfiguration {

    @Bean
    NewTopic conferenceEvents(Topics topics) {
        return topics.kept(SaleNotice.TOPIC);
    }

    /**
     * The settings of sale notices.
     *
     * @param deadlineNearBefore how long before the end of a phase the notice of that deadline is sent; half of the phase, if
     *     that is shorter
     */
    @ConfigurationProperties(prefix = "news", ignoreUnknownFields = false)
    record SaleNoticeSettings(@DefaultValue("72h") Duration deadlineNearBefore) {

        SaleNoticeSettings {
            if (!deadlineNearBefore.isPositive()) {
                throw new IllegalArgumentException("DEADLINE_NEAR_BEFORE must be above zero");
            }
        }
    }
}
