package org.openingminute.kit.startup;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** {@link Drain}, in every service that has this library on its class path. */
@AutoConfiguration
@EnableConfigurationProperties(StopSettings.class)
class StopAutoConfiguration {

    @Bean
    Drain drain(StopSettings settings) {
        return new Drain(settings.drainFor());
    }
}
