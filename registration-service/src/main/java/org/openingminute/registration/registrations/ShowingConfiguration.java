package org.openingminute.registration.registrations;

import org.openingminute.registration.Settings;
import org.openingminute.registration.admission.BusinessClock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ShowingConfiguration {

    @Bean
    Registrations.Showing showing(BusinessClock clock, Settings settings) {
        return new Registrations.Showing(clock, settings.publicUrl());
    }
}
