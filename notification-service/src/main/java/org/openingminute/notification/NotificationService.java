package org.openingminute.notification;

import org.openingminute.kit.access.AccessSettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

@SpringBootApplication
@EnableScheduling
@EnableConfigurationProperties(NotificationSettings.class)
class NotificationService {

    static void main(String[] arguments) {
        SpringApplication.run(NotificationService.class, arguments);
    }

    @Bean
    AccessSettings accessSettings(NotificationSettings settings) {
        return new AccessSettings(
                settings.publicUrl(),
                settings.accessTokenKeys(),
                settings.staff().jwksUri(),
                settings.staff().issuer());
    }
}
