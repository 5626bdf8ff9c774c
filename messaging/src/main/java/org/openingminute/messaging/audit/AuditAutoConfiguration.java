package org.openingminute.messaging.audit;

import java.util.Optional;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.messaging.Browse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Provides {@link AuditLog} and, in a service that identifies callers, the endpoint that reads it. */
@AutoConfiguration(
        afterName = {
            "org.openingminute.kit.access.AccessAutoConfiguration",
            "org.openingminute.messaging.BrowseAutoConfiguration"
        })
class AuditAutoConfiguration {

    @Bean
    AuditLog auditLog(JdbcClient jdbc, @Browse JdbcClient browse, ObjectProvider<AuditClock> clock) {
        return new AuditLog(jdbc, browse, clock.getIfAvailable(() -> Optional::empty));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(CallerResolver.class)
    static class Paths {

        @Bean
        AuditController auditController(CallerResolver callers, AuditLog audit) {
            return new AuditController(callers, audit);
        }
    }
}
