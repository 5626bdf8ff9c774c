package org.openingminute.kit.startup;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

/** Provides {@link StartCheck} in every service. */
@AutoConfiguration
@EnableConfigurationProperties(StartSettings.class)
class StartAutoConfiguration {

    @Bean
    static BeanFactoryPostProcessor startCheck(ConfigurableEnvironment environment) {
        return new StartCheck(environment);
    }
}
