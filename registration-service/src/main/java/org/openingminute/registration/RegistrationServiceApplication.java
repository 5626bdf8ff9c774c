package org.openingminute.registration;

import java.util.Optional;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.AdmissionTokens;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.messaging.audit.AuditClock;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service for seats, registrations and the saga, the public pages and the organiser's desk. */
@SpringBootApplication
@EnableScheduling
@EnableConfigurationProperties(Settings.class)
public class RegistrationServiceApplication {

    public static void main(String[] args) {
        SpringApplication.run(RegistrationServiceApplication.class, args);
    }

    @Bean
    AccessSettings accessSettings(Settings settings) {
        return new AccessSettings(settings.publicUrl(), settings.accessTokenKeys(), settings.staffTrust());
    }

    @Bean
    AddressForm addressForm(Settings settings) {
        return AddressForm.in(settings.rehearsal());
    }

    @Bean
    AuditClock auditClock(BusinessClock clock) {
        return () -> Optional.of(clock.now());
    }

    @Bean
    AdmissionTokens admissionTokens(Settings settings) {
        return new AdmissionTokens(AccessTokens.of("WAITING_ROOM_KEYS", settings.waitingRoomKeys()));
    }

    @Bean
    TicketSigner ticketSigner(Settings settings) {
        return TicketSigner.of(settings.ticketKeys());
    }
}
