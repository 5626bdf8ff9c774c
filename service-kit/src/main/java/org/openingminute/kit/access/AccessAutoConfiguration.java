package org.openingminute.kit.access;

import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** Provides {@link AccessTokens} and {@link CallerResolver} in every service that has an {@link AccessSettings} bean. */
@AutoConfiguration
@ConditionalOnBean(AccessSettings.class)
class AccessAutoConfiguration {

    @Bean
    AccessTokens accessTokens(AccessSettings settings) {
        return AccessTokens.of(settings.tokenKeys());
    }

    @Bean
    CallerResolver callerResolver(AccessSettings settings, Clock clock) {
        return CallerResolver.of(settings, clock);
    }
}
