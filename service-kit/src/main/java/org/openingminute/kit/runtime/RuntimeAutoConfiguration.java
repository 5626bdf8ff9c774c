package org.openingminute.kit.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationFilter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.info.GitProperties;
import org.springframework.context.annotation.Bean;

/** Runtime beans of every service. */
@AutoConfiguration
class RuntimeAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Ids ids() {
        return Ids.timeOrdered();
    }

    @Bean
    PolledGauges polledGauges(ObjectProvider<MeterRegistry> meters) {
        return new PolledGauges(meters.getIfAvailable(SimpleMeterRegistry::new), System::nanoTime);
    }

    @Bean
    BuildInfo buildInfo(ObjectProvider<BuildProperties> build, ObjectProvider<GitProperties> git) {
        return BuildInfo.of(build.getIfAvailable(), git.getIfAvailable());
    }

    @Bean
    ObservationFilter tracedAddresses() {
        return new TracedAddresses();
    }
}
