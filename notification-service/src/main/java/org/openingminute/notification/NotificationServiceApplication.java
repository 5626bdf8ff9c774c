package org.openingminute.notification;

import java.time.Clock;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.messaging.audit.AuditClock;
import org.openingminute.ui.RequestTime;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

@SpringBootApplication
@EnableScheduling
@EnableConfigurationProperties(NotificationServiceSettings.class)
class NotificationServiceApplication {

    static void main(String[] arguments) {
        SpringApplication.run(NotificationServiceApplication.class, arguments);
    }

    @Bean
    AccessSettings accessSettings(NotificationServiceSettings settings) {
        return new AccessSettings(
                settings.publicUrl(),
                settings.accessTokenKeys(),
                settings.staff().trust(settings.publicUrl()));
    }

    @Bean
    AddressForm addressForm(NotificationServiceSettings settings) {
        return AddressForm.in(settings.mode() == NotificationServiceSettings.Mode.REHEARSAL);
    }

    @Bean
    RequestTime requestTime(Clock clock, NotificationServiceSettings settings) {
        return new RequestTime(clock, settings.mode() == NotificationServiceSettings.Mode.REHEARSAL);
    }

    @Bean
    AuditClock auditClock(RequestTime time) {
        return time::fromRequest;
    }
}
