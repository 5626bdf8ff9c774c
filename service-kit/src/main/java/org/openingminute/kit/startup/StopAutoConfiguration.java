package org.openingminute.kit.startup;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Provides {@link Drain} in every service. */
@AutoConfiguration
@EnableConfigurationProperties(StopSettings.class)
class StopAutoConfiguration {

    @Bean
    Drain drain(StopSettings settings) {
        return new Drain(settings.drainFor());
    }
}
