package org.openingminute.notification.caller;

import org.openingminute.notification.NotificationSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CallerConfiguration {

    @Bean
    AccessTokens accessTokens(NotificationSettings settings) {
        return AccessTokens.of(settings.accessTokenKeys());
    }
}
